import { useSyncExternalStore } from 'react';
import { dismissGood } from '../store/notices.ts';

let isOpen = false;
const listeners = new Set<() => void>();

export function setCartOpen(open: boolean): void {
  isOpen = open;
  for (const listener of listeners) listener();
}

export function openCart(): void {
  dismissGood();
  setCartOpen(true);
}

/** Whether the cart drawer is open: any part of the page may open it. */
export const useCartOpen = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isOpen,
  );
