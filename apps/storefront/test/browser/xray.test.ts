import { expect, it } from '@jest/globals';
import { allDoors, inBrowser } from './bed.ts';
import { doing, newProduct } from './doing.ts';

const PATHS: Record<string, { product: string[]; checkout: string[] }> = {
  monolith: { product: ['monolith', 'PostgreSQL'], checkout: ['monolith', 'payment-provider'] },
  orchestrated: {
    product: ['gateway', 'product-service', 'PostgreSQL'],
    checkout: ['gateway', 'order-service', 'product-service', 'payment-service', 'payment-provider'],
  },
  choreographed: {
    product: ['gateway', 'product-service', 'PostgreSQL'],
    checkout: ['gateway', 'order-service', 'product-service', 'payment-service', 'cart-service', 'RabbitMQ'],
  },
};

inBrowser(Object.keys(PATHS), 'the X-ray', (bed) => {
  const expected = () => PATHS[bed.door.name]!;

  it('shows which way a click has come, and where its time went', async () => {
    const { sku, name } = await newProduct(bed.door, 10);
    const page = await bed.visit('/');
    await page.getByRole('button', { name: 'X-ray' }).click();
    const xray = page.getByRole('complementary', { name: 'X-ray' });
    await page.goto(`${bed.door.url}/products/${sku}`);
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await xray.getByRole('button', { name: `/api/products/${sku}` }).click();
    const picture = xray.getByRole('img');
    for (const part of expected().product) await picture.getByText(part, { exact: true }).first().waitFor();
    const spans = xray.getByRole('list', { name: 'Spans in the order of their start' });
    await spans.getByText('GET /api/products/{sku}').first().waitFor();
    const statement = spans.getByText(/^SELECT product\./).first();
    await statement.click();
    await spans.locator('pre').first().waitFor();
    expect(await spans.locator('pre').first().innerText()).toMatch(/select/i);
    expect(await spans.innerText()).not.toContain(sku);
  }, 60_000);

  it('shows a checkout, to its end', async () => {
    const { sku } = await newProduct(bed.door, 10);
    const page = await bed.visit('/');
    await page.getByRole('button', { name: 'X-ray' }).click();
    const xray = page.getByRole('complementary', { name: 'X-ray' });
    await doing(page).take(sku);
    await doing(page).checkOut(/^Approved/);
    await page.getByText('Thank you!').waitFor();
    await xray.getByRole('button', { name: 'POST /api/orders' }).first().click();
    for (const part of expected().checkout)
      await xray.getByRole('img').getByText(part, { exact: true }).first().waitFor();
    if (bed.door.name !== 'choreographed') return;
    await xray.getByText('order-service says order.placed').waitFor();
    await xray.getByText(/product-service reacts to order\.placed/).waitFor();
  }, 60_000);
});

inBrowser(['monolith'], 'the twin view', (bed) => {
  it('does in the other store what is done in one, and compares what it took', async () => {
    const other = allDoors.find(({ name }) => name === 'orchestrated')!;
    const page = await bed.visit('/twin', { viewport: { width: 1600, height: 1000 } });
    await page.getByRole('combobox', { name: 'Second store' }).selectOption(other.name);
    const left = page.frameLocator('iframe >> nth=0');
    const right = page.frameLocator('iframe >> nth=1');
    await right.getByText('microservices').first().waitFor();
    await left.getByRole('link', { name: 'Start shopping' }).click();
    await right.getByRole('heading', { name: 'All products' }).waitFor();
    // Products that other tests have made are in one of the stores only.
    await right
      .getByRole('navigation', { name: 'Departments' })
      .getByRole('link', { name: /^Garden/ })
      .click();
    await left.getByRole('heading', { name: 'Garden', level: 1 }).waitFor();
    await right
      .getByRole('button', { name: /^Add to cart/ })
      .nth(1)
      .click();
    await left.getByRole('button', { name: 'Cart, 1 item' }).waitFor();
    await left.getByRole('searchbox', { name: 'Search the store' }).pressSequentially('lamp');
    await left.getByRole('searchbox', { name: 'Search the store' }).press('Enter');
    await right.getByRole('heading', { name: '“lamp”' }).waitFor();

    await page
      .getByRole('button', { name: /^PUT \/api\/cart\/items/ })
      .first()
      .click();
    const spans = (store: string) => page.getByRole('region', { name: `In the ${store} store` });
    await spans('monolith').getByText('PUT /api/cart/items/{sku}').first().waitFor();
    await spans('orchestrated').getByText('cart-service').first().waitFor();
  }, 90_000);
});

// The one door of a test run that keeps no spans, as doors do by default.
inBrowser(['direct'], 'a door without X-ray', (bed) => {
  it('offers none', async () => {
    const page = await bed.visit('/');
    await page.getByRole('button', { name: 'Cart' }).waitFor(); // The header is there, and its X-ray until more is known.
    await page.locator('button[aria-label="X-ray"]').waitFor({ state: 'detached' });
    expect(await (await fetch(`${bed.door.url}/xray`)).json()).toMatchObject({ enabled: false });
  }, 60_000);
});
