import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { adminToken, type Door } from './bed.ts';

/** What a shopper does in more than one test. */
export const doing = (page: Page) => ({
  /** Puts a product into the cart from its own page. */
  async take(sku: string) {
    await page.goto(new URL(`/products/${sku}`, page.url()).href);
    // It is shown before the store has it; who reloads the page in between may have been too quick.
    const kept = page.waitForResponse((response) => response.request().method() === 'PUT');
    await page
      .getByRole('button', { name: /^Add to cart/ })
      .first()
      .click();
    await kept;
  },
  async openCart() {
    await page.getByRole('button', { name: /^Cart,/ }).click();
    return page.getByRole('dialog', { name: 'Your cart' });
  },
  async checkOut(card: RegExp) {
    await page.goto(new URL('/checkout', page.url()).href);
    await page.getByRole('button', { name: 'Fill in an example' }).click();
    await page.getByRole('radio', { name: card }).check();
    await page.getByRole('button', { name: /^Pay/ }).click();
  },
});

/** A product of a test's own. `image`: default, the store's own drawing. */
export async function newProduct(
  { url }: Door,
  stock: number,
  cents = 1234,
  image?: string,
): Promise<{ sku: string; name: string }> {
  const sku = `E2E-${randomUUID().slice(0, 8)}`;
  const name = `Tried ${sku}`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` };
  const price = { amount: cents, currency: 'USD' };
  const details = { name, description: 'For a test.', category: 'tried', price, ...(image && { image }) };
  await ok(fetch(`${url}/api/products/${sku}`, { method: 'PUT', headers, body: JSON.stringify(details) }));
  const change = { method: 'POST', headers, body: JSON.stringify({ delta: stock }) };
  await ok(fetch(`${url}/api/products/${sku}/stock`, change));
  return { sku, name };
}

async function ok(answer: Promise<Response>): Promise<void> {
  const { status } = await answer;
  if (status >= 400) throw new Error(`answered with ${status}`);
}
