import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { adminToken, inBrowser } from './bed.ts';
import { newProduct } from './doing.ts';

inBrowser(['orchestrated'], 'the shop by keyboard alone', (bed) => {
  it('is gone through from the first page to the last, and never loses the focus', async () => {
    const [one, other] = [await newProduct(bed.door, 10), await newProduct(bed.door, 10)];
    const page = await bed.visit('/');
    const { reach, back, press, type, isAt, shows } = byKeyboard(page);

    await page.getByRole('heading', { name: 'Just in' }).waitFor();
    await press('Tab');
    await isAt('Skip to the content');
    await press('Enter');
    await isAt('main');

    await back('Search the store');
    await type(one.sku);
    await press('Enter');
    await shows(`“${one.sku}”`);
    await isAt('main');
    await page.getByRole('article').first().waitFor();
    await reach(new RegExp(`${one.name}$`));
    await press('Enter');
    await shows(one.name);
    await isAt('main');
    await reach(`Quantity of ${one.name}`);
    await press('Control+A');
    await type('2');
    await press('Enter');
    await isAt(`Quantity of ${one.name}`);
    await reach(`Add to cart: ${one.name}`);
    await press('Enter');
    await isAt(`Add another (2 in cart): ${one.name}`);

    await back('Search the store');
    await press('Control+A');
    await type(other.sku);
    await press('Enter');
    await shows(`“${other.sku}”`);
    await isAt('main');
    await page.getByRole('article').first().waitFor();
    await reach(`Add to cart: ${other.name}`);
    await press('Enter');
    await isAt(`Add another (1 in cart): ${other.name}`);

    await back('Cart, 3 items');
    await press('Enter');
    await isAt('Close the cart');
    await reach(`One ${one.name} more`);
    await press('Space');
    await page.getByRole('dialog').getByText('4 items', { exact: true }).waitFor();
    await isAt(`One ${one.name} more`);
    await reach(`Remove ${other.name}`);
    await press('Enter');
    await isAt(`Remove ${one.name}`);
    await press('Escape');
    await isAt('Cart, 3 items');
    await press('Enter');
    await isAt('Close the cart');
    await reach('Check out');
    await press('Enter');
    await shows('Checkout');
    await isAt('main');

    await reach(/^Pay/);
    await press('Enter');
    await page.getByText('City is missing').waitFor();
    await isAt('Full name');
    await reach('Fill in an example');
    await press('Enter');
    await reach(/^Approved/);
    await press('ArrowDown');
    await isAt(/^Declined/);
    await reach(/^Pay/);
    await press('Enter');
    await page.getByText('The card was declined.').waitFor();
    await isAt('alert');
    await reach(/^Declined/);
    await press('ArrowUp');
    await isAt(/^Approved/);
    await reach(/^Pay/);
    await press('Enter');
    await page.getByText('Thank you!').waitFor();
    await isAt('main');

    await reach('Cancel this order');
    await press('Enter');
    await isAt('Keep it');
    await press('Escape');
    await isAt('Cancel this order');
    await press('Enter');
    await isAt('Keep it');
    await reach('Cancel the order');
    await press('Enter');
    await page.getByText('This order was canceled.').waitFor();
    await isAt('main');
    await back('Orders');
    await press('Enter');
    await shows('Your orders');
    await isAt('main');

    await reach('Prices and stock');
    await press('Enter');
    await shows('Prices and stock');
    await isAt('main');
    await reach('Admin token');
    await type(adminToken);
    await reach('Find a product');
    await type(one.sku);
    await page.getByRole('row').filter({ hasNotText: one.sku }).nth(1).waitFor({ state: 'detached' });
    await page.getByLabel(`Price of ${one.name} in USD`).waitFor();
    await reach(`Price of ${one.name} in USD`);
    await press('Control+A');
    await type('7.50');
    await press('Enter');
    await page.getByText(`${one.name}: $7.50`).waitFor();
    await isAt(`Price of ${one.name} in USD`);

    await back('X-ray');
    await press('Enter');
    await page.getByRole('complementary', { name: 'X-ray' }).waitFor();
    await reach(/^PUT \/api\/products/);
    await press('Enter');
    await page.getByRole('list', { name: 'Spans in the order of their start' }).waitFor();
    await reach(/^summary/);
    await press('Enter');
    await isAt(/^summary/);
    await back('Close the X-ray');
    await press('Enter');
    await isAt('X-ray');

    await back('Twinstore');
    await press('Enter');
    await shows('One store, built twice.');
    await isAt('main');
    await reach('See both side by side');
    await press('Enter');
    await shows('Side by side');
    await isAt('main');
    await back('Leave the twin view');
    await press('Enter');
    await shows('One store, built twice.');
    await isAt('main');
  }, 180_000);
});

/** What has the focus: a control by what it is called, anything else by its id or role. Nothing has it: `body`. */
const FOCUSED = `(() => {
  const at = document.activeElement;
  if (!at || at === document.body) return 'body';
  if (!at.matches('a, button, input, select, textarea, summary')) return at.id || at.role || at.tagName;
  const name = at.ariaLabel ?? at.labels?.[0]?.textContent ?? at.textContent;
  return ((at.matches('summary') ? 'summary ' : '') + name).replace(/\\s+/g, ' ').trim();
})()`;

const FARTHEST = 120;
const PATIENCE_MS = 20_000;

function byKeyboard(page: Page) {
  const focused = () => page.evaluate<string>(FOCUSED);
  const fits = (name: string, wanted: string | RegExp) =>
    typeof wanted === 'string' ? name === wanted : wanted.test(name);
  const go = (key: string) => async (wanted: string | RegExp) => {
    expect(await focused()).not.toBe('body');
    const passed: string[] = [];
    for (let presses = 0; presses < FARTHEST; presses += 1) {
      await page.keyboard.press(key);
      const name = await focused();
      if (fits(name, wanted)) return;
      passed.push(name);
    }
    throw new Error(`${wanted} cannot be reached by ${key}, only: ${passed.join(' | ')}`);
  };
  return {
    reach: go('Tab'),
    back: go('Shift+Tab'),
    press: (key: string) => page.keyboard.press(key),
    type: (text: string) => page.keyboard.type(text),
    /** Waits for the focus to be there: a page may have to come first. */
    async isAt(wanted: string | RegExp) {
      const until = Date.now() + PATIENCE_MS;
      while (!fits(await focused(), wanted) && Date.now() < until) await page.waitForTimeout(50);
      if (typeof wanted === 'string') expect(await focused()).toBe(wanted);
      else expect(await focused()).toMatch(wanted);
    },
    shows: (heading: string) => page.getByRole('heading', { name: heading, exact: true, level: 1 }).waitFor(),
  };
}
