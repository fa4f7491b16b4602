import { expect, it } from '@jest/globals';
import { inBrowser } from './bed.ts';

/** Compressed JavaScript of a first visit, in bytes. */
const MOST = 150_000;
/** Cumulative layout shift (https://web.dev/articles/cls): good is below 0.1. A line that moves by itself has less than this. */
const MOST_SHIFT = 0.02;
/** So many has the catalog that the store comes with. */
const DEPARTMENTS = 12;

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

  it.each([375, 768, 900, 1280])(
    'holds still while one answer comes after the other (%i px)',
    async (width) => {
      const page = await bed.visit('/nowhere-yet', { viewport: { width, height: 900 } });
      let later = 0;
      await page.route(/\/(api|xray)/, async (route) => {
        later += 100;
        await new Promise((resolve) => setTimeout(resolve, later));
        if (!route.request().url().endsWith('/api/categories')) return route.continue();
        // Other tests add departments to the store, and with them rows that nobody can know beforehand.
        const response = await route.fetch();
        const { items, ...rest } = (await response.json()) as { items: unknown[] };
        return route.fulfill({ response, json: { ...rest, items: items.slice(0, DEPARTMENTS) } });
      });
      await page.goto(bed.door.url, { waitUntil: 'networkidle' });
      await page.getByRole('article').first().waitFor();
      await page.getByText('You are shopping in the').filter({ visible: true }).waitFor();
      const shifts = await page.evaluate(
        () =>
          new Promise<number[]>((resolve) => {
            const observer = new PerformanceObserver((list) =>
              resolve(list.getEntries().map((entry) => (entry as PerformanceEntry & { value: number }).value)),
            );
            observer.observe({ type: 'layout-shift', buffered: true });
            setTimeout(() => resolve([]), 500);
          }),
      );
      expect(shifts.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(MOST_SHIFT);
    },
    60_000,
  );
});
