import type { Carts } from '@twinstore/cart';

export interface CartState {
  carts: Map<string, Map<string, number>>;
  /** Shoppers' orders whose lines were taken out, each as `shopper/order`. */
  takenOut: Set<string>;
}

export const noCarts = (): CartState => ({ carts: new Map(), takenOut: new Set() });

const cartOf = (state: CartState, shopper: string): Map<string, number> => {
  const cart = state.carts.get(shopper) ?? new Map<string, number>();
  state.carts.set(shopper, cart);
  return cart;
};

export function putIntoCart(state: CartState, shopper: string, sku: string, quantity: number): void {
  const cart = cartOf(state, shopper);
  cart.set(sku, (cart.get(sku) ?? 0) + quantity);
}

/** What the cart service keeps, in memory. */
export const modelCarts = (state: CartState): Carts => ({
  lines: async (shopper) => [...cartOf(state, shopper)].map(([sku, quantity]) => ({ sku, quantity })),

  async takeOut(shopper, orderId, bought) {
    const done = `${shopper}/${orderId}`;
    if (state.takenOut.has(done)) return;
    state.takenOut.add(done);
    const cart = cartOf(state, shopper);
    for (const { sku, quantity } of bought) {
      const left = (cart.get(sku) ?? 0) - quantity;
      if (left > 0) cart.set(sku, left);
      else cart.delete(sku);
    }
  },
});
