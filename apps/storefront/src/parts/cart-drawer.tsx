import { Dialog, DialogDismiss, DialogHeading } from '@ariakit/react';
import { Link } from 'wouter';
import type { Cart } from '@twinstore/contracts';
import { useCart, useCartChange } from '../store/cart.ts';
import { setCartOpen, useCartOpen } from './cart-drawer-state.ts';
import { plural, shownMoney } from './format.ts';
import { CloseIcon } from './icons.tsx';
import { Quantity } from './quantity.tsx';
import { Trouble } from './trouble.tsx';

export function CartDrawer() {
  const isOpen = useCartOpen();
  const { data: cart, error, refetch } = useCart();
  return (
    <Dialog
      open={isOpen}
      onClose={() => setCartOpen(false)}
      className="drawer"
      backdrop={<div className="backdrop" />}
      unmountOnHide
    >
      <div className="drawer-head">
        <DialogHeading>Your cart</DialogHeading>
        <DialogDismiss className="quiet" aria-label="Close the cart">
          <CloseIcon />
        </DialogDismiss>
      </div>
      {error && !cart && <Trouble of="your cart" error={error} retry={() => void refetch()} />}
      {cart && cart.items.length === 0 && (
        <p className="empty">
          Nothing in here yet.{' '}
          <Link href="/shop" onClick={() => setCartOpen(false)}>
            Look around
          </Link>{' '}
          and come back.
        </p>
      )}
      {cart && cart.items.length > 0 && <Filled cart={cart} />}
      {!cart && !error && <p className="faint">Loading…</p>}
    </Dialog>
  );
}

function Filled({ cart }: { cart: Cart }) {
  return (
    <>
      <ul className="lines">
        {cart.items.map((line) => (
          <CartLine key={line.sku} line={line} />
        ))}
      </ul>
      <div className="drawer-foot">
        <p className="total">
          <span>{plural(cart.count, 'item')}</span>
          <strong>{shownMoney(cart.subtotal)}</strong>
        </p>
        <Link href="/checkout" className="button primary wide" onClick={() => setCartOpen(false)}>
          Check out
        </Link>
      </div>
    </>
  );
}

export function CartLine({ line }: { line: Cart['items'][number] }) {
  const change = useCartChange();
  const { sku, name, unitPrice, quantity, lineTotal, available } = line;
  const product = { sku, name, price: unitPrice, available };
  return (
    <li className="line">
      <img src={`/images/${sku}.svg`} alt="" width="64" height="64" loading="lazy" />
      <div className="line-what">
        <Link href={`/products/${encodeURIComponent(sku)}`} onClick={() => setCartOpen(false)}>
          {name}
        </Link>
        <span className="faint">{shownMoney(unitPrice)} each</span>
        {available < quantity && (
          <span className="stock out" role="status">
            {available === 0 ? 'Sold out: take it out to check out' : `Only ${available} left: fewer, please`}
          </span>
        )}
        <div className="line-doing">
          <Quantity
            of={name}
            value={quantity}
            least={1}
            onChange={(next) => change.mutate({ product, quantity: next })}
          />
          <button
            type="button"
            className="quiet"
            aria-label={`Remove ${name}`}
            onClick={() => change.mutate({ product, quantity: 0 })}
          >
            Remove
          </button>
        </div>
      </div>
      <strong className="line-total">{shownMoney(lineTotal)}</strong>
    </li>
  );
}
