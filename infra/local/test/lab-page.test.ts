import { afterEach, describe, expect, it } from '@jest/globals';
import { labPage } from '../src/lab-page.ts';
import { freePort } from '../src/ports.ts';
import type { Proc } from '../src/processes.ts';
import { readSettings } from '../src/settings.ts';

let lab: Proc | undefined;
afterEach(() => lab?.stop());

describe('the lab page of `npm start`', () => {
  it('answers on its port with links to the doors, and stops when it is asked to', async () => {
    const settings = readSettings({ LAB_PORT: String(await freePort()) });
    lab = labPage(settings, [{ name: 'monolith', url: 'http://localhost:1' }]);
    await lab.start();
    // A connection kept open would only hold up the stop.
    const response = await fetch(`${lab.url}/api/plans`, { headers: { connection: 'close' } });
    expect(await response.json()).toMatchObject({ stores: [{ name: 'monolith', url: 'http://localhost:1' }] });
    await lab.stop();
    expect(lab.pid).toBeUndefined();
  });
});
