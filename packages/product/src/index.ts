export type { OutOfStock, Quote, Quotes, Stock, StockLine } from './application/ports.ts';
export { products, type Catalog } from './application/products.ts';
export type { ProductStore } from './application/store.ts';
export { exposeProducts, httpProducts } from './adapters/http-client.ts';
export { productMigrations } from './adapters/migrations.ts';
export { productImages } from './adapters/pictures.ts';
export { postgresProducts } from './adapters/postgres-store.ts';
export { productRoutes } from './adapters/routes.ts';
export { seedProducts } from './adapters/seed.ts';
