import { createRef, useSyncExternalStore } from 'react';
import { dismissGood } from '../store/notices.ts';

let isOpen = false;
let wasOpened = false;
const listeners = new Set<() => void>();

/** Who gets the focus when the drawer closes, whatever has opened it. */
export const cartButton = createRef<HTMLButtonElement>();

export function setCartOpen(open: boolean): void {
  isOpen = open;
  wasOpened ||= open;
  for (const listener of listeners) listener();
}

export function openCart(): void {
  dismissGood();
  setCartOpen(true);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the cart drawer is open: any part of the page may open it. */
export const useCartOpen = (): boolean => useSyncExternalStore(listen, () => isOpen);

/** Whether it ever was: until then, the page does without it. */
export const useCartOpened = (): boolean => useSyncExternalStore(listen, () => wasOpened);
