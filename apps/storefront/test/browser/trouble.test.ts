import { expect, it } from '@jest/globals';
import { inBrowser } from './bed.ts';
import { doing, newProduct } from './doing.ts';

const AWAY = {
  status: 503,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    type: '/problems/service-unavailable',
    title: 'A part of the store does not answer',
    status: 503,
  }),
};

inBrowser(['monolith', 'orchestrated'], 'a shop in trouble', (bed) => {
  it('takes back in the cart what the store has not taken, and says so', async () => {
    const { name, sku } = await newProduct(bed.door, 10);
    const page = await bed.visit('/');
    await doing(page).take(sku);
    const cart = await doing(page).openCart();
    await page.route('**/api/cart/items/*', (route) => route.fulfill(AWAY));
    await cart.getByRole('button', { name: `One ${name} more` }).click();
    await page.getByText('the cart was not changed').waitFor();
    await cart.getByText('1 item', { exact: true }).waitFor();
  }, 60_000);

  it('shows what was clicked until the store has it, and lets nobody pay before', async () => {
    const { name, sku } = await newProduct(bed.door, 10);
    const page = await bed.visit('/');
    await doing(page).take(sku);
    await page.goto(`${bed.door.url}/checkout`);
    await page.getByRole('button', { name: 'Fill in an example' }).click();
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route('**/api/cart/items/*', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByRole('button', { name: `One ${name} more` }).click();
    const pay = page.getByRole('button', { name: 'Pay $24.68' });
    await pay.waitFor();
    // Whoever comes back to a tab asks for the cart again.
    await page.evaluate(`window.dispatchEvent(new Event('visibilitychange'))`);
    await page.waitForTimeout(500);
    expect(await pay.isDisabled()).toBe(true);
    letGo();
    await pay.click();
    await page.getByText('Thank you! $24.68 were charged').waitFor();
  }, 60_000);

  it('says why nothing is put into a cart that does not answer, and puts it there once it does', async () => {
    const { name, sku } = await newProduct(bed.door, 10);
    const page = await bed.visit('/');
    await page.route('**/api/cart', (route) => route.fulfill(AWAY));
    await page.goto(`${bed.door.url}/products/${sku}`);
    await page.getByRole('button', { name: 'Cart', exact: true }).waitFor();
    const add = page.getByRole('button', { name: `Add to cart: ${name}` });
    await add.click();
    await page.getByText(`${name} is not in your cart`).waitFor();
    await page.unroute('**/api/cart');
    await add.click();
    await page.getByRole('button', { name: 'Cart, 1 item' }).waitFor();
  }, 60_000);

  it('says that it is offline, and does what was clicked meanwhile once it is back', async () => {
    const page = await bed.visit('/');
    const { name, sku } = await newProduct(bed.door, 10);
    await doing(page).take(sku);
    // What is not needed at first has come. (`waitForFunction` would need the page's policy to allow `eval`.)
    const hasCome = `performance.getEntriesByType('resource').some(({ name }) => /cart-drawer/.test(name))`;
    while (!(await page.evaluate(hasCome))) await page.waitForTimeout(100);
    await page.context().setOffline(true);
    const cart = await doing(page).openCart();
    await cart.getByRole('button', { name: `One ${name} more` }).click();
    await page.getByText('You are offline.').waitFor();
    const done = page.waitForResponse((response) => response.request().method() === 'PUT');
    await page.context().setOffline(false);
    expect((await done).status()).toBe(200);
    await page.getByText('You are offline.').waitFor({ state: 'detached' });
    await page.goto(`${bed.door.url}/checkout`);
    await page.getByRole('complementary', { name: 'Your cart' }).getByText('2 items').waitFor();
  }, 60_000);

  it('goes on beside a part that has failed', async () => {
    // React reports what a boundary has caught.
    bed.forgive(/Cannot destructure property/);
    const page = await bed.visit('/');
    await page.route('**/xray/traces/*', (route) =>
      route.fulfill({ json: { traceId: 'x', spans: [null], silent: [] } }),
    );
    await page.getByRole('button', { name: 'X-ray' }).click();
    await page.getByText('Something went wrong while showing this request.').waitFor();
    await page
      .getByRole('button', { name: /^Add to cart/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Cart, 1 item' }).waitFor();
  }, 60_000);

  it('answers an address that does not exist with a page that says so', async () => {
    const page = await bed.visit('/no/such/page');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await page.goto(`${bed.door.url}/products/NO-SUCH-PRODUCT`);
    await page.getByRole('heading', { name: 'This product is not in the catalog' }).waitFor();
  }, 60_000);
});
