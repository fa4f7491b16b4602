import { identifyService, openUpstream, serviceTokens } from '@twinstore/platform';
import { httpProducts, postgresProducts, products } from '../src/index.ts';
import { testDatabase } from './support/database.ts';
import { portContract } from './support/port-contract.ts';
import { served } from './support/served.ts';

portContract('in process', async () => {
  const database = await testDatabase();
  return { products: products(postgresProducts(database.db)), sql: database.db, close: database.drop };
});

portContract('over HTTP', async () => {
  const database = await testDatabase();
  const tokens = serviceTokens('a secret of the tests', 'test');
  const service = await served(database.db, identifyService(tokens));
  const upstream = openUpstream('product', service.url, tokens);
  return {
    products: httpProducts(upstream),
    sql: database.db,
    async close() {
      await upstream.close();
      await service.close();
      await database.drop();
    },
  };
});
