// npm run screenshots -w apps/storefront [-- FOLDER]
//
// Pictures of the shop for docs/images, from a running `npm start`: each page at three widths, light and dark, to be
// looked at one by one. A few of them are committed, for the README.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const { CHROMIUM = '/usr/bin/chromium', DOOR = 'http://localhost:8080' } = process.env;
const folder = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'docs', 'images');
const host = new URL(DOOR).hostname;
const door = (port: number) => `http://${host}:${port}`;
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
for (const width of [375, 768, 1440]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width, height: width === 375 ? 812 : 900 }, colorScheme });
    page.setDefaultTimeout(20_000);
    const shoot = async (name: string, fullPage = false) => {
      await page.waitForTimeout(700);
      await page.screenshot({
        path: join(folder, `${name}-${width}-${colorScheme}.jpg`),
        type: 'jpeg',
        quality: 80,
        fullPage,
      });
    };
    await shop(page, shoot);
    await xray(page, shoot);
    await page.close();
  }
}
await browser.close();

type Shoot = (name: string, fullPage?: boolean) => Promise<void>;

async function shop(page: Page, shoot: Shoot): Promise<void> {
  await page.goto(door(8081));
  await page.getByRole('heading', { name: 'Just in' }).waitFor();
  await shoot('home');
  await page.goto(`${door(8081)}/shop?q=lamp`);
  await page.getByRole('article').first().waitFor();
  await shoot('search');
  await page.getByRole('article').nth(1).getByRole('link').click();
  await shoot('product');
  await page
    .getByRole('button', { name: /^Add to cart/ })
    .first()
    .click();
  await page.getByRole('button', { name: /^Cart, 1/ }).click();
  await shoot('cart');
  await page.getByRole('link', { name: 'Check out' }).click();
  await shoot('checkout');
  await page.getByRole('button', { name: 'Fill in an example' }).click();
  await page.getByRole('radio', { name: /^Declined/ }).check();
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.getByText('The card was declined.').waitFor();
  await shoot('declined');
  await page.getByRole('radio', { name: /^Approved/ }).check();
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.getByText('Thank you!').waitFor();
  await shoot('order');
  await page.goto(`${door(8081)}/orders`);
  await shoot('orders');
  await page.goto(`${door(8081)}/admin`);
  await shoot('admin');
}

async function xray(page: Page, shoot: Shoot): Promise<void> {
  for (const [name, port] of [
    ['monolith', 8080],
    ['choreographed', 8083],
  ] as const) {
    await page.goto(`${door(port)}/shop`);
    await page.getByRole('button', { name: 'X-ray' }).click();
    await page
      .getByRole('button', { name: /^Add to cart/ })
      .first()
      .click();
    await page.getByRole('button', { name: /^Cart, 1/ }).waitFor();
    await page.waitForTimeout(500);
    await page.goto(`${door(port)}/checkout`);
    await page.getByRole('button', { name: 'Fill in an example' }).click();
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.getByText('Thank you!').waitFor();
    const drawer = page.getByRole('complementary', { name: 'X-ray' });
    await page.waitForTimeout(1500);
    await drawer.getByRole('button', { name: 'POST /api/orders' }).first().click();
    await shoot(`xray-${name}`);
    if (name === 'choreographed') {
      await drawer.getByText('Break something').click();
      await drawer.getByRole('switch').first().scrollIntoViewIfNeeded();
      await shoot('switches');
    }
    await page.getByRole('button', { name: 'Close the X-ray' }).click();
  }
  await page.goto(`${door(8080)}/twin`);
  const left = page.frameLocator('iframe >> nth=0');
  const right = page.frameLocator('iframe >> nth=1');
  await right.getByText('microservices').first().waitFor();
  await left.getByRole('link', { name: 'Start shopping' }).click();
  await right.getByRole('heading', { name: 'All products' }).waitFor();
  await left
    .getByRole('button', { name: /^Add to cart/ })
    .nth(1)
    .click();
  await right.getByRole('button', { name: /^Cart, [1-9]/ }).waitFor();
  await page.waitForTimeout(2000);
  await page.getByRole('button', { name: /^PUT/ }).first().click();
  await shoot('twin', true);
}
