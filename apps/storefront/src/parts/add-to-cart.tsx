import { MAX_QUANTITY } from 'virtual:contract';
import { useCart, useCartChange, type CartProduct } from '../store/cart.ts';
import { say } from '../store/notices.ts';
import { openCart } from './cart-drawer-state.ts';

/** One more of a product (or so many) into the cart. */
export function AddToCart({ product, count = 1 }: { product: CartProduct; count?: number }) {
  const { data: cart } = useCart();
  const change = useCartChange();
  const inCart = cart?.items.find(({ sku }) => sku === product.sku)?.quantity ?? 0;
  const isFull = inCart >= MAX_QUANTITY;
  const add = () => {
    change.mutate({ product, quantity: Math.min(MAX_QUANTITY, inCart + count) });
    say(`${product.name} is in your cart.`, 'good', { label: 'View cart', act: openCart });
  };
  const label = product.available === 0 ? 'Sold out' : inCart > 0 ? `Add another (${inCart} in cart)` : 'Add to cart';
  return (
    <button
      type="button"
      className="add"
      // A double click must not count from a cart that has not arrived yet.
      disabled={product.available === 0 || isFull || cart === undefined}
      aria-label={`${label}: ${product.name}`}
      onClick={add}
    >
      {label}
    </button>
  );
}
