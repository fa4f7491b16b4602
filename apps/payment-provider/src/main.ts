import {
  createApp,
  loadConfig,
  migrate,
  openPostgres,
  serveHttp,
  setting,
  startApp,
  type Identify,
} from '@twinstore/platform';
import { openBehavior } from './behavior.ts';
import { postgresBooks } from './books.ts';
import { providerBindings } from './routes.ts';

const config = loadConfig('payment-provider', { POSTGRES_URL: setting.postgresUrl('provider') });
const anyone: Identify = async () => ({ caller: { shopper: undefined, admin: false } });

// Always one process, whatever WORKERS says: the behavior is kept in its memory.
await startApp(
  'payment-provider',
  { ...config, WORKERS: 1 },
  {
    prepare: () =>
      migrate(config.POSTGRES_URL, [{ schema: 'provider', directory: new URL('../migrations/', import.meta.url) }]),

    async serve({ log, metrics, health }) {
      const db = openPostgres(config.POSTGRES_URL, (error) => log.warn({ err: error }, 'lost a database connection'));
      const closing = new AbortController();

      health.checks = { postgres: db.ping };
      const app = createApp({
        log,
        metrics,
        health,
        identify: anyone,
        trustsDeadline: false,
        bindings: providerBindings({
          sql: db,
          books: postgresBooks(db),
          behavior: await openBehavior(db),
          closing: closing.signal,
        }),
      });
      const server = await serveHttp(config, app, health);
      return [{ close: async () => closing.abort() }, server, db];
    },
  },
);
