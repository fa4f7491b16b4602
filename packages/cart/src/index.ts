export { carts, type ShoppingCarts, type UnknownProduct } from './application/carts.ts';
export type { CartFull, CartLine, Carts, CartStore, StoredCart } from './application/ports.ts';
export { exposeCarts, httpCarts } from './adapters/http-client.ts';
export { cartMigrations } from './adapters/migrations.ts';
export { mongoCarts } from './adapters/mongo-store.ts';
export { openCarts, type OpenCarts } from './adapters/open-carts.ts';
export { postgresCarts } from './adapters/postgres-store.ts';
export { cartRoutes } from './adapters/routes.ts';
export { cartReactions } from './application/react.ts';
