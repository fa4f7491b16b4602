import { afterAll, describe } from '@jest/globals';
import { quickBehaviors } from '../src/behaviors/all.ts';
import { closeConnections, type Door } from '../src/index.ts';

const { TEST_DOORS = '[]', TEST_PROVIDER_URL = '', TEST_ADMIN_TOKEN = '' } = process.env;

// The suite without what takes seconds and begins before all else, since only a few behaviors are selected.
for (const { name, url } of JSON.parse(TEST_DOORS) as Pick<Door, 'name' | 'url'>[]) {
  const door = { name, url, providerUrl: TEST_PROVIDER_URL, adminToken: TEST_ADMIN_TOKEN };
  describe(name, () => quickBehaviors(door));
}
afterAll(closeConnections);
