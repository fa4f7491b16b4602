import type { ReactNode } from 'react';

const outline = (name: string, paths: ReactNode) =>
  Object.assign(
    () => (
      <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        {paths}
      </svg>
    ),
    { displayName: name },
  );

export const CartIcon = outline('CartIcon', <path d="M3 4h2l2.4 11h10.2L20 7H6M9 20h.01M17 20h.01" />);
export const SearchIcon = outline('SearchIcon', <path d="M11 18a7 7 0 1 1 0-14 7 7 0 0 1 0 14zM16 16l5 5" />);
export const CloseIcon = outline('CloseIcon', <path d="M6 6l12 12M18 6L6 18" />);
export const XrayIcon = outline('XrayIcon', <path d="M4 6h10M8 12h12M4 18h7M4 3v18" />);
