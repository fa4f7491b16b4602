import type { Migrations } from '@twinstore/platform';

export const orderMigrations: Migrations = {
  schema: 'orders',
  directory: new URL('../../migrations/', import.meta.url),
};
