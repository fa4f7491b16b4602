import type { Migrations } from '@twinstore/platform';

/** The tables of this module, in the schema `payment`. */
export const paymentMigrations: Migrations = {
  schema: 'payment',
  directory: new URL('../../migrations/', import.meta.url),
};
