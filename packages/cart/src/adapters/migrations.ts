import type { Migrations } from '@twinstore/platform';

export const cartMigrations: Migrations = {
  schema: 'cart',
  directory: new URL('../../migrations/', import.meta.url),
};
