import type { Queryable } from '@twinstore/platform';
import type { ProductStore } from '../application/store.ts';
import { postgresCatalog } from './postgres-catalog.ts';
import { postgresStock } from './postgres-stock.ts';

/** Everything that the module keeps, in PostgreSQL: over a pool, or over an open transaction. */
export const postgresProducts = (sql: Queryable): ProductStore => ({ ...postgresCatalog(sql), ...postgresStock(sql) });
