import { useIsMutating, useMutation, useQuery } from '@tanstack/react-query';
import type { Cart, Order, Product } from '@twinstore/contracts';
import { MAX_QUANTITY, routes } from 'virtual:contract';
import { ask, NoAnswer } from './client.ts';
import { queryClient } from './queries.ts';
import { say } from './notices.ts';

const KEY = ['cart'] as const;

/** What other tabs of this browser are told: the cart has changed. */
const tabs = new BroadcastChannel('twinstore-cart');
tabs.addEventListener('message', () => void queryClient.invalidateQueries({ queryKey: KEY }));

function tellTabs(): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel stays within its origin
  tabs.postMessage('changed');
}

/** What the store itself has said last, whatever is shown meanwhile. */
let confirmed: Cart | undefined;
const confirm = (cart: Cart): Cart => (confirmed = cart);

/** Changes on their way: until the last has its answer, the cart that is shown is ahead of the store's. */
let underWay = 0;
/** Whether the store was to be asked meanwhile. */
let isOwed = false;

/** An answer of the store must not undo what a click shows already: while changes are on their way, what is shown stays. */
async function readCart({ signal }: { signal: AbortSignal }): Promise<Cart> {
  const shown = queryClient.getQueryData<Cart>(KEY);
  if (underWay > 0 && shown) {
    isOwed = true;
    return shown;
  }
  const cart = await ask(routes.getCart);
  return signal.aborted ? cart : confirm(cart);
}

export const useCart = () => useQuery({ queryKey: KEY, queryFn: readCart, refetchOnWindowFocus: 'always' });

/** Whether what is shown is not yet what the store has. */
export const useIsCartChanging = (): boolean => useIsMutating({ mutationKey: KEY }) > 0;

export type CartProduct = Pick<Product, 'sku' | 'name' | 'price' | 'available'>;

export interface CartChange {
  readonly product: CartProduct;
  /** 0 takes it out. */
  readonly quantity: number;
}

/** Sets how many of a product are in the cart. Shown at once; if the store says otherwise, what the store has counts.
 *  Changes go out one after the other, so that the last click is the last word. */
export const useCartChange = () =>
  useMutation<Cart, Error, CartChange>({
    mutationKey: KEY,
    scope: { id: 'cart' },
    mutationFn: ({ product: { sku }, quantity }) =>
      quantity === 0
        ? ask(routes.deleteCartItem, { params: { sku } })
        : ask(routes.putCartItem, { params: { sku }, body: { quantity } }),
    // It is absolute, so it may be said twice: a line that was cut for some seconds costs nobody a click.
    retry: (failures, error) => error instanceof NoAnswer && failures < 3,
    retryDelay: (failures) => 1_000 * 2 ** failures,
    async onMutate({ product, quantity }) {
      underWay += 1;
      await queryClient.cancelQueries({ queryKey: KEY });
      queryClient.setQueryData<Cart>(KEY, (cart) => cart && withQuantity(cart, product, quantity));
    },
    onSuccess(cart) {
      confirm(cart);
      tellTabs();
    },
    onError: (error, { product }) => say(`${product.name}: the cart was not changed. ${error.message}.`, 'bad'),
    onSettled(_, error) {
      underWay -= 1;
      // An earlier answer must not undo what a later click shows already.
      if (underWay > 0) return;
      queryClient.setQueryData(KEY, confirmed);
      if (error || isOwed) void queryClient.invalidateQueries({ queryKey: KEY });
      isOwed = false;
    },
  });

/** Something happened to the cart on the server. */
export function cartMayHaveChanged(): void {
  void queryClient.invalidateQueries({ queryKey: KEY });
  tellTabs();
}

/** When to look again whether what was paid for has left the cart: it may do so a moment later. */
const LOOK_AGAIN_MS = [1_000, 4_000];

/** An order has its answer, or its end. */
export function cartAfter({ status, items }: Order): void {
  cartMayHaveChanged();
  if (status !== 'paid') return;
  const isStillThere = () => confirmed?.items.some(({ sku }) => items.some((sold) => sold.sku === sku));
  for (const ms of LOOK_AGAIN_MS) setTimeout(() => isStillThere() && cartMayHaveChanged(), ms);
}

/** The cart as it will be, by what this page knows. */
function withQuantity(cart: Cart, { sku, name, price, available }: CartProduct, quantity: number): Cart {
  const amount = Math.min(quantity, MAX_QUANTITY);
  const line = {
    sku,
    name,
    unitPrice: price,
    quantity: amount,
    lineTotal: { amount: price.amount * amount, currency: price.currency },
    available,
  };
  const isThere = cart.items.some((item) => item.sku === sku);
  const changed = cart.items.map((item) => (item.sku === sku ? line : item));
  const items = (isThere ? changed : [...cart.items, line]).filter((item) => item.quantity > 0);
  return {
    ...cart,
    items,
    count: items.reduce((sum, item) => sum + item.quantity, 0),
    subtotal: { amount: items.reduce((sum, item) => sum + item.lineTotal.amount, 0), currency: 'USD' },
  };
}
