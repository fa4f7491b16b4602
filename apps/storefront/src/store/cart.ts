import { useMutation, useQuery, type QueryClient } from '@tanstack/react-query';
import type { Cart, Product } from '@twinstore/contracts';
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

export const useCart = () =>
  useQuery({
    queryKey: KEY,
    queryFn: async () => confirm(await ask(routes.getCart)),
    refetchOnWindowFocus: 'always',
  });

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
      await queryClient.cancelQueries({ queryKey: KEY });
      queryClient.setQueryData<Cart>(KEY, (cart) => withQuantity(cart ?? EMPTY, product, quantity));
    },
    onSuccess(cart) {
      confirm(cart);
      settle(queryClient, () => queryClient.setQueryData(KEY, cart));
      tellTabs();
    },
    onError(error, { product }) {
      say(`${product.name}: the cart was not changed. ${error.message}.`, 'bad');
      settle(queryClient, () => {
        queryClient.setQueryData(KEY, confirmed);
        void queryClient.invalidateQueries({ queryKey: KEY });
      });
    },
  });

/** An order was placed, or something else happened to the cart on the server. */
export function cartMayHaveChanged(): void {
  void queryClient.invalidateQueries({ queryKey: KEY });
  tellTabs();
}

/** An earlier answer must not undo what a later click shows already. */
function settle(client: QueryClient, act: () => void): void {
  if (client.isMutating({ mutationKey: KEY }) <= 1) act();
}

const EMPTY: Cart = { items: [], subtotal: { amount: 0, currency: 'USD' }, count: 0, version: 0 };

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
