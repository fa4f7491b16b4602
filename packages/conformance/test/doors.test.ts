import { afterAll, it } from '@jest/globals';
import { closeConnections, type Door } from '../src/index.ts';
import { doorBehaviors } from '../src/behaviors/all.ts';

const { TEST_DOORS, TEST_PROVIDER_URL, TEST_ADMIN_TOKEN = 'demo-admin' } = process.env;

if (TEST_DOORS === undefined || TEST_PROVIDER_URL === undefined) {
  it.skip('no store to try: set TEST_DOORS, [{"name","url"}] as JSON, and TEST_PROVIDER_URL', () => {});
} else {
  const doors = JSON.parse(TEST_DOORS) as Pick<Door, 'name' | 'url'>[];
  for (const { name, url } of doors) {
    doorBehaviors({ name, url, providerUrl: TEST_PROVIDER_URL, adminToken: TEST_ADMIN_TOKEN });
  }
  afterAll(closeConnections);
}
