import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { inBrowser } from './bed.ts';
import { doing, newProduct } from './doing.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds fault with, as one line per rule. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`.slice(0, 300));
}

inBrowser(['orchestrated'], 'the shop for everybody', (bed) => {
  it.each([
    ['light', 1280],
    ['dark', 375],
  ] as const)(
    'has no page that axe finds fault with (%s, %i px)',
    async (colorScheme, width) => {
      const { sku } = await newProduct(bed.door, 2);
      // Axe is not of this origin's, and the page's policy would not let it in.
      const page = await bed.visit('/', { bypassCSP: true, colorScheme, viewport: { width, height: 900 } });
      const found: Record<string, string[]> = {};
      const look = async (name: string) => {
        const faults = await faultsOf(page);
        if (faults.length > 0) found[name] = faults;
      };
      await page.getByRole('heading', { name: 'Just in' }).waitFor();
      await look('home');
      await page.goto(`${bed.door.url}/shop?q=lamp`);
      await page.getByRole('article').first().waitFor();
      await look('search');
      await doing(page).take(sku);
      await look('product');
      await doing(page).openCart();
      await look('cart');
      await page.goto(`${bed.door.url}/checkout`);
      await page.getByRole('button', { name: /^Pay/ }).click();
      await page.getByText('City is missing').waitFor();
      await look('checkout');
      await doing(page).checkOut(/^Declined/);
      await page.getByRole('alert').first().waitFor();
      await look('declined');
      await page.getByRole('radio', { name: /^Approved/ }).check();
      await page.getByRole('button', { name: /^Pay/ }).click();
      await page.getByText('Thank you!').waitFor();
      await look('order');
      await page.getByRole('button', { name: 'Cancel this order' }).click();
      await look('cancel');
      for (const [path, sign] of [
        ['/orders', 'Paid'],
        ['/admin', 'Available'],
        ['/nowhere', 'There is no such page'],
      ] as const) {
        await page.goto(bed.door.url + path);
        await page.getByText(sign).first().waitFor();
        await look(path);
      }
      await page.goto(bed.door.url);
      await page.getByRole('button', { name: 'X-ray' }).click();
      await page.getByRole('list', { name: 'Spans in the order of their start' }).waitFor();
      await look('X-ray');
      await page.goto(`${bed.door.url}/twin`);
      await page.getByRole('heading', { name: 'Side by side' }).waitFor();
      await look('twin view');
      expect(found).toEqual({});
    },
    180_000,
  );
});
