import { useState, type FormEvent, type Ref } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { useCart } from '../store/cart.ts';
import { useMeta } from '../store/queries.ts';
import { useXrayInfo } from '../store/xray.ts';
import { cartButton, openCart } from './cart-drawer-state.ts';
import { CartIcon, SearchIcon, XrayIcon } from './icons.tsx';
import { plural } from './format.ts';

interface Props {
  readonly isXrayOpen: boolean;
  readonly onXray: () => void;
  readonly xrayToggle: Ref<HTMLButtonElement>;
}

export function Header({ isXrayOpen, onXray, xrayToggle }: Props) {
  const { data: cart } = useCart();
  const { data: xray } = useXrayInfo();
  return (
    <header className="top">
      <div className="top-inner">
        <Link href="/" className="brand">
          <BrandMark />
          Twinstore
        </Link>
        <StoreBadge />
        <Search />
        <nav className="top-nav" aria-label="Your shop">
          <Link href="/orders">Orders</Link>
          {xray?.enabled !== false && (
            <button
              ref={xrayToggle}
              type="button"
              className={xray ? 'quiet' : 'quiet invisible'}
              aria-label="X-ray"
              aria-pressed={isXrayOpen}
              data-twin="off"
              onClick={onXray}
            >
              <XrayIcon /> <span className="label">X-ray</span>
            </button>
          )}
          <button
            ref={cartButton}
            type="button"
            className="cart-button"
            aria-label={cart ? `Cart, ${plural(cart.count, 'item')}` : 'Cart'}
            data-twin="cart"
            onClick={openCart}
          >
            <CartIcon />
            <span className={cart ? 'count' : 'count invisible'} aria-hidden="true">
              {cart?.count ?? 0}
            </span>
          </button>
        </nav>
      </div>
    </header>
  );
}

/** Which store answers: the page itself cannot tell, so it asks. */
function StoreBadge() {
  const { data: meta } = useMeta();
  if (!meta) return <span className="badge" />;
  const how = meta.architecture === 'monolith' ? 'one process' : `checkout ${meta.checkout}`;
  return (
    <span className="badge" data-architecture={meta.architecture} title={`Answered by ${meta.instance}`}>
      {meta.architecture} <small>{how}</small>
    </span>
  );
}

function Search() {
  const [, navigate] = useLocation();
  const [parameters] = useSearchParams();
  const asked = parameters.get('q') ?? '';
  const [text, setText] = useState(asked);
  const [shownFor, setShownFor] = useState(asked);
  // The address may change by a link or the back button.
  if (shownFor !== asked) {
    setShownFor(asked);
    setText(asked);
  }
  const search = (event: FormEvent) => {
    event.preventDefault();
    navigate(text.trim() === '' ? '/shop' : `/shop?${new URLSearchParams({ q: text.trim() })}`);
  };
  return (
    <form role="search" className="search" onSubmit={search}>
      <input
        type="search"
        name="q"
        aria-label="Search the store"
        placeholder="Search the store"
        maxLength={200}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" className="quiet" aria-label="Search">
        <SearchIcon />
      </button>
    </form>
  );
}

const BrandMark = () => (
  <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect className="brand-one" x="2" y="12" width="12" height="16" rx="2" />
    <g className="brand-many">
      <rect x="18" y="4" width="5" height="11" rx="1.5" />
      <rect x="25" y="4" width="5" height="11" rx="1.5" />
      <rect x="18" y="17" width="5" height="11" rx="1.5" />
      <rect x="25" y="17" width="5" height="11" rx="1.5" />
    </g>
  </svg>
);
