import type { Cart } from '@twinstore/contracts';
import { MAX_QUANTITY } from 'virtual:contract';
import { useCart, useCartChange, type CartProduct } from '../store/cart.ts';
import { say } from '../store/notices.ts';
import { Button } from './button.tsx';
import { openCart } from './cart-drawer-state.ts';

/** One more of a product (or so many) into the cart. */
export function AddToCart({ product, count = 1 }: { product: CartProduct; count?: number }) {
  const { data: cart, isFetching, refetch } = useCart();
  const change = useCartChange();
  const quantityIn = (one: Cart | undefined) => one?.items.find(({ sku }) => sku === product.sku)?.quantity ?? 0;
  const inCart = quantityIn(cart);
  const add = async () => {
    // More of it can only be asked for by who knows how many there are.
    const known = cart ?? (await refetch()).data;
    if (!known) return say(`${product.name} is not in your cart: the store cannot tell what is in it.`, 'bad');
    change.mutate({ product, quantity: Math.min(MAX_QUANTITY, quantityIn(known) + count) });
    say(`${product.name} is in your cart.`, 'good', { label: 'View cart', act: openCart });
  };
  const label = product.available === 0 ? 'Sold out' : inCart > 0 ? `Add another (${inCart} in cart)` : 'Add to cart';
  return (
    <Button
      className="add"
      // A double click must not count from a cart that has not arrived yet.
      isOff={product.available === 0 || inCart >= MAX_QUANTITY || (!cart && isFetching)}
      aria-label={`${label}: ${product.name}`}
      onClick={() => void add()}
    >
      {label}
    </Button>
  );
}
