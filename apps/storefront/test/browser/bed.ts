import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

export interface Door {
  readonly name: string;
  readonly url: string;
}

const { TEST_DOORS, TEST_CHROMIUM, TEST_ADMIN_TOKEN = 'demo-admin' } = process.env;

export const adminToken = TEST_ADMIN_TOKEN;
export const allDoors: readonly Door[] = TEST_DOORS === undefined ? [] : (JSON.parse(TEST_DOORS) as Door[]);

/** Why nothing can be tried in a browser here; undefined when it can. */
export const missing =
  TEST_CHROMIUM === undefined
    ? 'TEST_CHROMIUM is not set: no Chromium'
    : allDoors.length === 0
      ? 'TEST_DOORS is not set: no store'
      : undefined;

/** What the page wrote about itself that it should not have: script errors, refusals of its own policy. Answers that are
 *  a refusal (409) or do not come (in tests that cut them off) are logged by the browser too, and are no fault. */
const HARMLESS = /Failed to load resource|net::ERR_/;

export interface Bed {
  /** Opens a page of a visitor who was never here. */
  visit(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** What a page may complain of in this test. */
  forgive(complaint: RegExp): void;
  /** Another tab of the same visitor. */
  tab(page: Page, path: string): Promise<Page>;
  readonly door: Door;
}

/** The same tests for each of these front doors, in a real browser. */
export function inBrowser(names: readonly string[], title: string, tests: (bed: Bed) => void): void {
  const wanted = allDoors.filter(({ name }) => names.includes(name));
  if (missing !== undefined) {
    describe.skip(`${title} (skipped: ${missing})`, () => tests(nowhere));
    return;
  }
  describe.each(wanted.map((door) => [door.name, door] as const))(`${title} at the door "%s"`, (_, door) => {
    let browser: Browser;
    const contexts: BrowserContext[] = [];
    const complaints: string[] = [];
    const forgiven: RegExp[] = [];
    const watched = (page: Page) => {
      page.setDefaultTimeout(20_000);
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !HARMLESS.test(message.text())) complaints.push(message.text());
      });
      return page;
    };
    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath: TEST_CHROMIUM!,
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      });
    }, 60_000);
    afterEach(async () => {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
      const pardons = forgiven.splice(0);
      const left = complaints.splice(0).filter((complaint) => !pardons.some((pardon) => pardon.test(complaint)));
      expect(left).toEqual([]);
    }, 30_000);
    afterAll(() => browser?.close(), 30_000);
    tests({
      door,
      async visit(path, options = {}) {
        const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
        contexts.push(context);
        const page = watched(await context.newPage());
        await page.goto(door.url + path);
        return page;
      },
      forgive: (complaint) => forgiven.push(complaint),
      async tab(page, path) {
        const other = watched(await page.context().newPage());
        await other.goto(door.url + path);
        return other;
      },
    });
  });
}

const nowhere: Bed = {
  door: { name: '', url: '' },
  forgive: () => {},
  visit: () => Promise.reject(new Error(missing)),
  tab: () => Promise.reject(new Error(missing)),
};
