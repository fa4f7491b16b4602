import { problem, reply, routes, type Product as ProductView } from '@twinstore/contracts';
import { bind, type Binding } from '@twinstore/platform';
import type { Catalog } from '../application/products.ts';
import type { Product } from '../domain/product.ts';
import { picturePath } from './pictures.ts';

/** The public routes about products. */
export const productRoutes = (catalog: Catalog): Binding[] => [
  bind(routes.listProducts, async ({ query }) => {
    const { q, category, sort, limit, cursor } = query;
    const page = await catalog.list({ q, category, sort, limit, cursor });
    if (!page.ok) return problem('validation', { errors: [BAD_CURSOR] });
    return reply(200, { items: page.value.items.map(view), nextCursor: page.value.nextCursor });
  }),

  bind(routes.getProduct, async ({ params }) => {
    const product = await catalog.find(params.sku);
    return product ? reply(200, view(product)) : problem('not-found');
  }),

  bind(routes.listCategories, async () => reply(200, { items: [...(await catalog.categories())], nextCursor: null })),

  bind(routes.putProduct, async ({ params, body }) => {
    const { name, description, category, price, image, attributes = {} } = body;
    const { made, product } = await catalog.put(params.sku, { name, description, category, price, image, attributes });
    return made ? reply(201, view(product)) : reply(200, view(product));
  }),

  bind(routes.deleteProduct, async ({ params }) =>
    (await catalog.remove(params.sku)) ? { status: 204 as const } : problem('not-found'),
  ),

  bind(routes.changeStock, async ({ params, headers, body }) => {
    const change = { sku: params.sku, delta: body.delta, idempotencyKey: headers['idempotency-key'] };
    const changed = await catalog.changeStock(change);
    return changed.ok ? reply(200, view(changed.value)) : problem(changed.error.code);
  }),
];

const BAD_CURSOR = { parameter: 'cursor', detail: 'must be the nextCursor of a page of this very listing' };

const view = (product: Product): ProductView => ({
  sku: product.sku,
  name: product.name,
  description: product.description,
  category: product.category,
  price: product.price,
  image: product.image ?? picturePath(product.sku),
  attributes: { ...product.attributes },
  available: product.available,
});
