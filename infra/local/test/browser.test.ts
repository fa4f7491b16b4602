import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { findBrowser } from '../src/browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'twinstore-browser-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a browser for tests', () => {
  it('is the first one on the PATH, under any of its names', async () => {
    const [empty, first, second] = ['empty', 'first', 'second'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const place of [empty, first, second]) mkdirSync(place);
    writeFileSync(join(first, 'google-chrome'), '');
    writeFileSync(join(second, 'chromium'), '');
    const searchPath = [empty, '', first, second].join(delimiter);
    expect(await findBrowser({ searchPath })).toEqual({ path: join(first, 'google-chrome') });
  });
});
