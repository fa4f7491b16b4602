import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';

/** What can always take the focus: the dialog, while there is one, else the page's content. */
const place = (): HTMLElement | null =>
  document.querySelector<HTMLElement>('[role="dialog"]') ?? document.getElementById('main');

/** What is told beside a dialog is told while it is open too: Ariakit leaves usable what it is given by these. */
export const besideDialogs = (): Iterable<Element> => document.querySelectorAll('.notices, .away');

/** For what may go away while it has the focus, which would fall to the page's body: who gets it then. */
export function useHeir<E extends HTMLElement>(
  heirOf?: (leaving: E) => HTMLElement | null | undefined,
): RefObject<E | null> {
  const ref = useRef<E>(null);
  const latest = useRef(heirOf);
  latest.current = heirOf;
  useLayoutEffect(() => {
    const leaving = ref.current;
    return () => {
      if (!leaving?.contains(document.activeElement)) return;
      const heir = latest.current?.(leaving) ?? place();
      heir?.focus({ preventScroll: true });
    };
  }, []);
  return ref;
}

/** The page that was shown last; undefined until there is one. */
let shown: string | undefined;
let isBack = false;
addEventListener('popstate', () => (isBack = true));
// Of the router's making: a link was followed.
addEventListener('pushState', () => (isBack = false));

/** A page that was come to begins at its top, with the focus, for eyes and for screen readers; gone back to, it is where it
 *  was left. `page`: what makes it another one than the last. */
export function useArrival(page: string): void {
  useEffect(() => {
    const last = shown;
    shown = page;
    if (last === undefined || last === page) return;
    if (!isBack) scrollTo(0, 0);
    // In the next frame the dialog is gone in which the link was followed: until then, nothing beside it takes the focus.
    requestAnimationFrame(() => document.getElementById('main')?.focus({ preventScroll: true }));
  }, [page]);
}
