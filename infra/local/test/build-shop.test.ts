import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildShop } from '../src/build-shop.ts';

/** Does what vite does: empties its folder, fills it, and notes that it ran. SLOW, BROKEN: as `src/page.ts` says. */
const builder = `
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
const args = process.argv.slice(2);
appendFileSync('../runs', args.join(' ') + ' ' + process.env.NODE_ENV + '\\n');
const to = args[args.indexOf('--outDir') + 1];
const source = readFileSync('src/page.ts', 'utf8');
if (source.includes('BROKEN')) { console.error('page.ts: BROKEN is no word'); process.exit(3); }
rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
if (source.includes('SLOW')) { writeFileSync(to + '/half', ''); setTimeout(() => {}, 20_000); }
else writeFileSync(to + '/index.html', source);
`;

let top: string;
let folder: string;
let said: string[];
const never = new AbortController().signal;
const build = (signal = never) =>
  buildShop({ terminal: { say: (line) => void said.push(line) }, signal, folder, builder: join(top, 'builder.mjs') });
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const page = () => readFileSync(join(folder, 'dist', 'index.html'), 'utf8');
const leftOver = () => readdirSync(join(folder, 'node_modules'));
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
    expect(runs()).toEqual(['build --logLevel warn --outDir node_modules/.shop-half --emptyOutDir production']);
    expect(said).toEqual([]);
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
      mkdirSync(join(folder, name), { recursive: true });
      write(`${name}/file`, 'new');
    }
    write('dist/other', 'new');
    // As editors leave them beside a file that is open.
    symlinkSync('somebody@somewhere.1234', join(folder, 'src', '.#page.ts'));
    write('src/.page.ts.swp', 'new');
    symlinkSync('nowhere', join(folder, 'src', 'dangling.ts'));
    await build();
    expect(runs()).toHaveLength(1);
  });

  it('that fails says so in a sentence with the words of its tool, and leaves the one before', async () => {
    await build();
    write('src/page.ts', 'BROKEN');
    await expect(build()).rejects.toThrow(
      'The shop could not be built (vite build, exit code 3):\npage.ts: BROKEN is no word',
    );
    expect([page(), leftOver()]).toEqual(['one', []]);
    write('src/page.ts', 'mended');
    await build();
    expect(page()).toBe('mended');
  });

  it('leaves what the doors serve whole until it is done, and all of it if it is called off', async () => {
    await build();
    write('src/page.ts', 'SLOW');
    const off = new AbortController();
    const building = build(off.signal);
    while (!existsSync(join(folder, 'node_modules', '.shop-half', 'half'))) await sleep(20);
    expect(readdirSync(join(folder, 'dist')).sort()).toEqual(['.fingerprint', 'index.html']);
    const began = Date.now();
    off.abort();
    await expect(building).rejects.toThrow(/abort/);
    // The program would have gone on for 20 s, and is waited for.
    expect(Date.now() - began).toBeLessThan(5_000);
    expect([page(), leftOver()]).toEqual(['one', []]);
  });

  it('is made after one that was killed in the middle of it', async () => {
    await build();
    write('src/page.ts', 'two');
    for (const name of ['.shop-half', '.shop-old']) {
      mkdirSync(join(folder, 'node_modules', name));
      write(`node_modules/${name}/left`, '');
    }
    await build();
    expect([page(), leftOver()]).toEqual(['two', []]);
    expect(readdirSync(join(folder, 'dist')).sort()).toEqual(['.fingerprint', 'index.html']);
  });

  it('is made once by two who want it at the same time', async () => {
    await Promise.all([build(), build()]);
    expect([page(), runs().length]).toEqual(['one', 1]);
  });
});
