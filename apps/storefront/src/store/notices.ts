import { useSyncExternalStore } from 'react';

/** One sentence at the edge of the page, read out by screen readers. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: 'good' | 'bad';
  readonly link?: { readonly label: string; readonly act: () => void };
}

let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

export const dismiss = (id: number): void => change(notices.filter((notice) => notice.id !== id));

/** Good news takes the place of older good news; failures stand one below the other, the last three of them. */
export function say(text: string, tone: Notice['tone'] = 'good', link?: Notice['link']): void {
  const id = (lastId += 1);
  const others = notices.filter((notice) => notice.tone === 'bad' && notice.text !== text);
  change([...others, { id, text, tone, ...(link && { link }) }].slice(-3));
}

export const dismissGood = (): void => change(notices.filter(({ tone }) => tone === 'bad'));

export const useNotices = (): readonly Notice[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
