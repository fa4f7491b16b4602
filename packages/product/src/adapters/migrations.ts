import type { Migrations } from '@twinstore/platform';

/** The tables of this module, in the schema `product`. */
export const productMigrations: Migrations = {
  schema: 'product',
  directory: new URL('../../migrations/', import.meta.url),
};
