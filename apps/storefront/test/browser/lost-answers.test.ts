import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { adminToken, inBrowser } from './bed.ts';
import { doing, newProduct } from './doing.ts';

/** Lets a POST through to the store and loses the answer, for as long as `isLost` says so. */
const losing = (page: Page, url: string, isLost: () => boolean) =>
  page.route(url, async (route) => {
    if (route.request().method() !== 'POST' || !isLost()) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });

const paidOrders = async (page: Page): Promise<number> => {
  const paid = page.getByRole('listitem').filter({ hasText: 'Paid' });
  await paid.first().waitFor();
  return paid.count();
};

/** The page is told of its order that it is still pending, though the store has decided it. */
const answeringPending = (page: Page) =>
  page.route('**/api/orders', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const order = (await (await route.fetch()).json()) as object;
    await route.fulfill({ status: 202, json: { ...order, status: 'pending' } });
  });

inBrowser(['monolith', 'orchestrated'], 'a shop that loses answers', (bed) => {
  const visitWithCart = async () => {
    const { sku, name } = await newProduct(bed.door, 10);
    const page = await bed.visit('/');
    await doing(page).take(sku);
    return { page, sku, name };
  };

  it('asks again by itself what became of a purchase, and has bought once', async () => {
    const { page } = await visitWithCart();
    let losses = 0;
    await losing(page, '**/api/orders', () => (losses += 1) === 1);
    await doing(page).checkOut(/^Approved/);
    await page.getByText('Thank you!').waitFor();
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    expect(await paidOrders(page)).toBe(1);
  }, 60_000);

  it('buys once, though nobody answered for long and the button was pressed again', async () => {
    const { page } = await visitWithCart();
    let isCut = true;
    const keys: (string | undefined)[] = [];
    await page.route('**/api/orders', async (route) => {
      if (route.request().method() === 'POST') keys.push(route.request().headers()['idempotency-key']);
      return isCut ? route.abort('connectionreset') : route.continue();
    });
    await doing(page).checkOut(/^Approved/);
    await page.getByText('it is not known yet whether the order was placed').waitFor();
    isCut = false;
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.getByText('Thank you!').waitFor();
    expect(keys.length).toBeGreaterThan(2);
    expect(new Set(keys).size).toBe(1);
  }, 60_000);

  it('takes no later purchase for one whose answer was lost', async () => {
    const { page, sku } = await visitWithCart();
    let isLost = true;
    await losing(page, '**/api/orders', () => isLost);
    await doing(page).checkOut(/^Approved/);
    // Its lines have left the cart, which the page sees when it asks again.
    await page.getByText('The last order from here has had no answer.').waitFor({ timeout: 30_000 });
    isLost = false;
    await doing(page).take(sku);
    await doing(page).checkOut(/^Approved/);
    await page.getByText('Thank you!').waitFor();
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    expect(await paidOrders(page)).toBe(2);
  }, 90_000);

  it('follows an order to its end, though its stream was refused at first', async () => {
    const { page } = await visitWithCart();
    let streams = 0;
    await answeringPending(page);
    await page.route('**/api/orders/*/events', (route) => {
      streams += 1;
      return streams === 1 ? route.fulfill({ status: 503, body: '' }) : route.continue();
    });
    await page.route('**/api/orders/*', async (route) => {
      const order = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: streams > 1 ? order : { ...order, status: 'pending' } });
    });
    await doing(page).checkOut(/^Approved/);
    await page.getByText('Your order is being worked on.').waitFor();
    await page.getByText('Thank you!').waitFor();
  }, 60_000);

  it('takes out of the cart what was paid for, though it was not the stream that told of it', async () => {
    const { page } = await visitWithCart();
    const before: unknown = await (await page.request.get(`${bed.door.url}/api/cart`)).json();
    let isTold = false;
    await answeringPending(page);
    await page.route('**/api/cart', (route) => (isTold ? route.continue() : route.fulfill({ json: before })));
    // It is open and says nothing.
    await page.route('**/api/orders/*/events', () => {});
    await page.route('**/api/orders/*', async (route) => {
      const order: unknown = await (await route.fetch()).json();
      isTold = true;
      await route.fulfill({ json: order });
    });
    await doing(page).checkOut(/^Approved/);
    await page.getByText('Thank you!').waitFor();
    await page.getByRole('button', { name: 'Cart, 0 items' }).waitFor();
  }, 60_000);

  it('takes out of the cart what was paid for, though it leaves the cart a moment later', async () => {
    const { page } = await visitWithCart();
    const before: unknown = await (await page.request.get(`${bed.door.url}/api/cart`)).json();
    let isPaid = false;
    let reads = 0;
    await page.route('**/api/orders', async (route) => {
      const response = await route.fetch();
      isPaid = true;
      await route.fulfill({ response });
    });
    await page.route('**/api/cart', (route) => {
      if (isPaid) reads += 1;
      return reads > 1 ? route.continue() : route.fulfill({ json: before });
    });
    await doing(page).checkOut(/^Approved/);
    await page.getByText('Thank you!').waitFor();
    await page.getByRole('button', { name: 'Cart, 0 items' }).waitFor();
  }, 60_000);

  it('adds to the stock once, though the answer was lost and the button pressed again', async () => {
    const { sku, name } = await newProduct(bed.door, 3);
    const page = await bed.visit('/admin');
    let losses = 0;
    await losing(page, '**/api/products/*/stock', () => (losses += 1) === 1);
    await page.getByLabel('Admin token').fill(adminToken);
    await page.getByLabel('Find a product').fill(sku);
    const change = page.getByRole('button', { name: `Change the stock of ${name}` });
    await change.click();
    await page.getByText(`It is not known whether ${name} was changed.`).waitFor();
    await change.click();
    await page.getByText(`${name}: $12.34, 13 available.`).waitFor();
  }, 60_000);
});
