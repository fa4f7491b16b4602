import { problem, reply, routes, Sku } from '@twinstore/contracts';
import { bind, type Binding } from '@twinstore/platform';
import { emptyCart, type ShoppingCarts } from '../application/carts.ts';

/** The cart's public routes. A visitor without a session has an empty cart, and nothing is kept of them. */
export const cartRoutes = (carts: ShoppingCarts): Binding[] => [
  bind(routes.getCart, async (_input, { shopper }) =>
    reply(200, shopper === undefined ? emptyCart : await carts.view(shopper)),
  ),

  bind(routes.putCartItem, async ({ params, body }, { shopper }) => {
    const set = await carts.setItem(shopper, params.sku, body.quantity);
    if (set.ok) return reply(200, set.value);
    return problem(set.error.code === 'unknown-product' ? 'not-found' : set.error.code);
  }),

  bind(routes.deleteCartItem, async ({ params }, { shopper }) => {
    if (shopper === undefined) return reply(200, emptyCart);
    // What cannot be a sku is in no cart; some of it, like a NUL character, is not even text to a database.
    const isSku = Sku.safeParse(params.sku).success;
    return reply(200, await (isSku ? carts.removeItem(shopper, params.sku) : carts.view(shopper)));
  }),

  bind(routes.clearCart, async (_input, { shopper }) =>
    reply(200, shopper === undefined ? emptyCart : await carts.clear(shopper)),
  ),
];
