import { expect, it } from '@jest/globals';
import { inBrowser } from './bed.ts';
import { doing, newProduct } from './doing.ts';

inBrowser(['monolith', 'orchestrated', 'choreographed'], 'the shop', (bed) => {
  it('sells what was searched for, shows how the order fares, and takes it back', async () => {
    const { sku, name } = await newProduct(bed.door, 10);
    const page = await bed.visit('/');
    await page.getByRole('searchbox', { name: 'Search the store' }).fill(sku);
    await page.getByRole('searchbox', { name: 'Search the store' }).press('Enter');
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await page.getByRole('button', { name: `Add to cart: ${name}` }).click();
    const cart = await doing(page).openCart();
    await cart.getByRole('button', { name: `One ${name} more` }).click();
    await cart.getByText('$24.68').last().waitFor();
    await cart.getByRole('link', { name: 'Check out' }).click();
    await page.getByRole('button', { name: 'Fill in an example' }).click();
    await page.getByRole('button', { name: 'Pay $24.68' }).click();
    await page.getByText('Thank you! $24.68 were charged').waitFor();
    await page.getByRole('button', { name: 'Cart, 0 items' }).waitFor();

    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    await page.getByRole('link', { name: new RegExp(`Paid.*${name}`) }).click();
    await page.getByRole('button', { name: 'Cancel this order' }).click();
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByText('This order was canceled.').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel this order' }).count()).toBe(0);
  }, 60_000);

  it('draws a product itself whose picture is elsewhere, and asks nobody else for it', async () => {
    const { sku, name } = await newProduct(bed.door, 10, 1234, 'https://example.com/a.png?x=1');
    const page = await bed.visit(`/shop?q=${sku}`);
    await page.getByRole('link', { name }).click();
    const picture = page.getByRole('img', { name: `${name}, drawn` });
    await picture.waitFor();
    expect(await picture.getAttribute('src')).toBe(`/images/${sku}.svg`);
  }, 60_000);

  it('explains a declined card, keeps what was typed, and sells by another card', async () => {
    const { sku } = await newProduct(bed.door, 10);
    const page = await bed.visit('/');
    await doing(page).take(sku);
    await doing(page).checkOut(/^Declined/);
    await page.getByRole('alert').getByText('The card was declined. Nothing was charged.').waitFor();
    expect(await page.getByLabel('Full name').inputValue()).toBe('Ada Lovelace');
    await page.getByRole('button', { name: 'Cart, 1 item' }).waitFor();
    await page.getByRole('radio', { name: /^Approved/ }).check();
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.getByText('Thank you!').waitFor();
  }, 60_000);

  it('sells once, though the answer of the payment provider was lost', async () => {
    const { sku } = await newProduct(bed.door, 10);
    const page = await bed.visit('/');
    await doing(page).take(sku);
    await doing(page).checkOut(/^Lost answer/);
    await page.getByText('Thank you!').waitFor({ timeout: 30_000 });
  }, 60_000);

  it('follows an order that takes long until its end', async () => {
    const { sku } = await newProduct(bed.door, 10);
    const page = await bed.visit('/');
    await doing(page).take(sku);
    await doing(page).checkOut(/^Provider down/);
    await page.getByText('Your order is being worked on.').waitFor();
    await page.getByText('The payment provider was out of order. Nothing was charged.').waitFor({ timeout: 40_000 });
    await page.getByRole('button', { name: 'Cart, 1 item' }).waitFor();
  }, 90_000);

  it('says that there are not so many left, and sells as many as there are', async () => {
    const { sku, name } = await newProduct(bed.door, 1);
    const page = await bed.visit('/');
    await doing(page).take(sku);
    const cart = await doing(page).openCart();
    await cart.getByRole('button', { name: `One ${name} more` }).click();
    await cart.getByText('Only 1 left').waitFor();
    await page.keyboard.press('Escape');
    await doing(page).checkOut(/^Approved/);
    await page.getByRole('alert').getByText('sold out before it could be reserved').waitFor();
    await page.getByRole('button', { name: `One ${name} less` }).click();
    await page.getByRole('button', { name: 'Pay $12.34' }).click();
    await page.getByText('Thank you!').waitFor();
  }, 60_000);

  it('marks what is missing in an address, and sends nothing', async () => {
    const { sku } = await newProduct(bed.door, 10);
    const page = await bed.visit('/');
    await doing(page).take(sku);
    await page.goto(`${bed.door.url}/checkout`);
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.getByText('City is missing').waitFor();
    expect(await page.getByLabel('City').getAttribute('aria-invalid')).toBe('true');
    await page.goto(`${bed.door.url}/orders`);
    await page.getByText('You have not ordered anything here yet.').waitFor();
  }, 60_000);

  it('takes a quantity as it is when it has been typed, and not what it was on the way', async () => {
    const { sku, name } = await newProduct(bed.door, 20);
    const page = await bed.visit('/');
    await doing(page).take(sku);
    const cart = await doing(page).openCart();
    const field = cart.getByRole('spinbutton', { name: `Quantity of ${name}` });
    const sent: (string | null)[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PUT') sent.push(request.postData());
    });
    await field.fill('10');
    await field.press('Enter');
    await cart.getByText('10 items', { exact: true }).waitFor();
    await field.press('Backspace');
    await field.press('Backspace');
    expect(await field.inputValue()).toBe('');
    await field.press('3');
    await field.press('Tab');
    await cart.getByText('3 items', { exact: true }).waitFor();
    await field.fill('');
    await field.press('Tab');
    expect(await field.inputValue()).toBe('3');
    expect(sent).toEqual(['{"quantity":10}', '{"quantity":3}']);
  }, 60_000);

  it('keeps the order of a list from one department to the next', async () => {
    const page = await bed.visit('/shop?sort=price&available=1');
    await page
      .getByRole('navigation', { name: 'Departments' })
      .getByRole('link', { name: /^Garden/ })
      .click();
    await page.getByRole('heading', { name: 'Garden', level: 1 }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Sort by' }).inputValue()).toBe('price');
    expect(await page.getByRole('checkbox', { name: 'Hide sold out' }).isChecked()).toBe(true);
  }, 60_000);

  it('keeps two tabs of one shopper in step', async () => {
    const [one, other] = [await newProduct(bed.door, 10), await newProduct(bed.door, 10)];
    const first = await bed.visit('/');
    await doing(first).take(one.sku);
    const second = await bed.tab(first, `/products/${other.sku}`);
    await second.getByRole('button', { name: `Add to cart: ${other.name}` }).click();
    await first.getByRole('button', { name: 'Cart, 2 items' }).waitFor();
    const cart = await doing(first).openCart();
    await cart.getByRole('button', { name: `Remove ${other.name}` }).click();
    await second.getByRole('button', { name: 'Cart, 1 item' }).waitFor();
  }, 60_000);

  it('sets prices and stock for whoever has the token, and nobody else', async () => {
    const { sku, name } = await newProduct(bed.door, 3);
    const page = await bed.visit('/admin');
    await page.getByLabel('Admin token').fill('ключ');
    await page.getByText('A token has only letters, digits and signs of plain English.').waitFor();
    await page.getByLabel('Admin token').fill('not the token');
    await page.getByLabel('Find a product').fill(sku);
    await page.getByLabel(`Price of ${name} in USD`).fill('7.50');
    await page.getByRole('button', { name: `Set the price of ${name}` }).click();
    await page.getByText('The admin token is not right.').waitFor();
    await page.getByLabel('Admin token').fill(process.env['TEST_ADMIN_TOKEN'] ?? 'demo-admin');
    await page.getByRole('button', { name: `Set the price of ${name}` }).click();
    await page.getByText(`${name}: $7.50, 3 available.`).waitFor();
    await page.getByLabel(`Units of ${name} to add, or to take away with a minus`).fill('-2');
    await page.getByRole('button', { name: `Change the stock of ${name}` }).click();
    await page.getByText(`${name}: $7.50, 1 available.`).waitFor();
    await page.goto(`${bed.door.url}/products/${sku}`);
    await page.getByText('Only 1 left').waitFor();
    await page.getByText('$7.50').waitFor();
  }, 60_000);
});
