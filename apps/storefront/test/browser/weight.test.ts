import { expect, it } from '@jest/globals';
import { inBrowser } from './bed.ts';

/** Compressed JavaScript of a first visit, in bytes. */
const MOST = 150_000;

inBrowser(['monolith', 'orchestrated'], 'a first visit', (bed) => {
  it('loads at most 150 kB of scripts, all of it from the door itself', async () => {
    const page = await bed.visit('/nowhere-yet');
    const loaded: { url: string; bytes: number }[] = [];
    page.on('requestfinished', (request) => {
      void request.sizes().then(({ responseBodySize: bytes }) => loaded.push({ url: request.url(), bytes }));
    });
    const session = await page.context().newCDPSession(page);
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    await page.goto(bed.door.url, { waitUntil: 'networkidle' });
    const scripts = loaded.filter(({ url }) => url.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(MOST);
    expect(loaded.filter(({ url }) => !url.startsWith(bed.door.url))).toEqual([]);
  }, 60_000);
});
