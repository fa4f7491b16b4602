import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildShop } from '../src/build-shop.ts';

/** Does what vite does: empties `dist`, writes it, and notes that it ran. SLOW, BROKEN: as `src/page.ts` says. */
const builder = `
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
appendFileSync('../runs', process.argv.slice(2).join(' ') + ' ' + process.env.NODE_ENV + '\\n');
const source = readFileSync('src/page.ts', 'utf8');
if (source.includes('BROKEN')) { console.error('page.ts: BROKEN is no word'); process.exit(3); }
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
if (source.includes('SLOW')) { writeFileSync('dist/half', ''); setTimeout(() => {}, 20_000); }
else writeFileSync('dist/index.html', source);
`;

let top: string;
let folder: string;
let said: string[];
const never = new AbortController().signal;
const build = (signal = never) =>
  buildShop({ terminal: { say: (line) => void said.push(line) }, signal, folder, builder: join(top, 'builder.mjs') });
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const page = () => readFileSync(join(folder, 'dist', 'index.html'), 'utf8');
const runs = () => (existsSync(join(top, 'runs')) ? readFileSync(join(top, 'runs'), 'utf8').trim().split('\n') : []);

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'twinstore-build-'));
  folder = join(top, 'shop');
  said = [];
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(top, 'builder.mjs'), builder);
  write('package.json', JSON.stringify({ dependencies: { '@twinstore/contracts': '*' } }));
  write('src/page.ts', 'one');
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

describe('the build of the shop', () => {
  it('is made where it is missing, and not again while nothing has changed', async () => {
    await build();
    expect([page(), said]).toEqual(['one', ['Building the shop ...', expect.stringMatching(/^The shop is built \([\d.]+ s\)\.$/)]]); // prettier-ignore
    said = [];
    await build();
    expect([runs(), said]).toEqual([['build --logLevel warn production'], []]);
  });

  it('is made again when a source has changed, come or gone, or what was built has', async () => {
    await build();
    write('src/page.ts', 'two');
    await build();
    expect(page()).toBe('two');
    write('src/new.ts', '');
    await build();
    rmSync(join(folder, 'src/new.ts'));
    await build();
    expect(runs()).toHaveLength(4);
    // As after `vite build` by hand, of sources that may have been others.
    rmSync(join(folder, 'dist'), { recursive: true });
    mkdirSync(join(folder, 'dist'));
    write('dist/index.html', 'by hand');
    await build();
    expect([page(), runs().length]).toEqual(['two', 5]);
  });

  it('is not made again for what is no source of it', async () => {
    await build();
    for (const name of ['test', 'node_modules', '.turbo']) {
      mkdirSync(join(folder, name));
      write(`${name}/file`, 'new');
    }
    write('dist/other', 'new');
    await build();
    expect(runs()).toHaveLength(1);
  });

  it('that fails says so in a sentence with the words of its tool, and leaves nothing half', async () => {
    await build();
    write('src/page.ts', 'BROKEN');
    await expect(build()).rejects.toThrow(
      'The shop could not be built (vite build, exit code 3):\npage.ts: BROKEN is no word',
    );
    expect(existsSync(join(folder, 'dist'))).toBe(false);
    write('src/page.ts', 'mended');
    await build();
    expect(page()).toBe('mended');
  });

  it('that is called off leaves nothing, neither a process nor half a build', async () => {
    write('src/page.ts', 'SLOW');
    const off = new AbortController();
    const building = build(off.signal);
    while (!existsSync(join(folder, 'dist', 'half'))) await sleep(20);
    const began = Date.now();
    off.abort();
    await expect(building).rejects.toThrow(/abort/);
    // The program would have gone on for 20 s, and is waited for.
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(existsSync(join(folder, 'dist'))).toBe(false);
  });

  it('is made once by two who want it at the same time', async () => {
    await Promise.all([build(), build()]);
    expect([page(), runs().length]).toEqual(['one', 1]);
  });
});
