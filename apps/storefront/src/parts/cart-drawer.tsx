import { Dialog, DialogDismiss, DialogHeading } from '@ariakit/react';
import { Link } from 'wouter';
import type { Cart } from '@twinstore/contracts';
import { useCart } from '../store/cart.ts';
import { CartLine } from './cart-line.tsx';
import { cartButton, setCartOpen, useCartOpen } from './cart-drawer-state.ts';
import { besideDialogs } from './focus.ts';
import { plural, shownMoney } from './format.ts';
import { CloseIcon } from './icons.tsx';
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
      finalFocus={cartButton}
      getPersistentElements={besideDialogs}
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
          <span role="status">{plural(cart.count, 'item')}</span>
          <strong>{shownMoney(cart.subtotal)}</strong>
        </p>
        <Link href="/checkout" className="button primary wide" onClick={() => setCartOpen(false)}>
          Check out
        </Link>
      </div>
    </>
  );
}
