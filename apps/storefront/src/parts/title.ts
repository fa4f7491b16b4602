import { useEffect } from 'react';

/** The page's title, for the tab and for screen readers. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Twinstore' : `${title} · Twinstore`;
  }, [title]);
}
