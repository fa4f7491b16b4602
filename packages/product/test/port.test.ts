import { identifyService, openUpstream, serviceTokens } from '@twinstore/platform';
import { httpProducts, postgresProducts, productMigrations, products } from '../src/index.ts';
import { throwawayDatabase } from '@twinstore/testing';
import { portContract } from './support/port-contract.ts';
import { served } from './support/served.ts';

portContract('in process', async () => {
  const database = await throwawayDatabase([productMigrations]);
  return { products: products(postgresProducts(database.db)), sql: database.db, close: database.close };
});

portContract('over HTTP', async () => {
  const database = await throwawayDatabase([productMigrations]);
  const tokens = serviceTokens('a secret of the tests', 'test');
  const service = await served(database.db, identifyService(tokens));
  const upstream = openUpstream('product', service.url, tokens);
  return {
    products: httpProducts(upstream),
    sql: database.db,
    async close() {
      await upstream.close();
      await service.close();
      await database.close();
    },
  };
});
