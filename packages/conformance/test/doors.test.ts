import { afterAll, describe, it } from '@jest/globals';
import { closeConnections, type Door } from '../src/index.ts';
import { doorBehaviors } from '../src/behaviors/all.ts';
import { servesShop, shopBehaviors } from '../src/behaviors/shop.ts';

// TEST_SHOP: the shop was built for these doors, so that each has to have it.
const { TEST_DOORS, TEST_PROVIDER_URL, TEST_SHOP, TEST_ADMIN_TOKEN = 'demo-admin' } = process.env;

if (TEST_DOORS === undefined || TEST_PROVIDER_URL === undefined) {
  it.skip('no store to try: set TEST_DOORS, [{"name","url"}] as JSON, and TEST_PROVIDER_URL', () => {});
} else {
  const doors = JSON.parse(TEST_DOORS) as Pick<Door, 'name' | 'url'>[];
  for (const { name, url } of doors) {
    const door = { name, url, providerUrl: TEST_PROVIDER_URL, adminToken: TEST_ADMIN_TOKEN };
    doorBehaviors(door);
    const isServed = TEST_SHOP !== undefined || (await servesShop(door));
    describe(name, () => shopBehaviors(door, isServed));
  }
  afterAll(closeConnections);
}
