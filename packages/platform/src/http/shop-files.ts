import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A file of the built shop in each form that it can be sent in. */
export interface ShopFile {
  /** Its path below the build's folder, with slashes. */
  readonly name: string;
  /** Changes with the content: an entity tag without its `W/`. */
  readonly tag: string;
  readonly plain: Buffer;
  readonly packed: Readonly<Partial<Record<Encoding, Buffer>>>;
}

export type Encoding = 'br' | 'gzip';

const endings: Record<Encoding, string> = { br: '.br', gzip: '.gz' };

/**
 * The files of a build by the path that they are asked for, `/` being the page; undefined where there is no build. All
 * of them are read now and none later: a door that runs while the shop is built anew goes on with the one it began
 * with, as a page and the files that it names belong together. Nothing whose name begins with a dot is among them.
 */
export function readShop(folder: string): ReadonlyMap<string, ShopFile> | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const names = new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
      .filter((name) => !/(?:^|\/)\./.test(name)),
  );
  const isPacked = (name: string) =>
    Object.values(endings).some((ending) => name.endsWith(ending) && names.has(name.slice(0, -ending.length)));
  const read = (name: string) => readFileSync(join(folder, name));
  const files = new Map<string, ShopFile>();
  for (const name of names) {
    if (isPacked(name)) continue;
    const plain = read(name);
    const packed: Partial<Record<Encoding, Buffer>> = {};
    for (const encoding of ['br', 'gzip'] as const) {
      if (names.has(name + endings[encoding])) packed[encoding] = read(name + endings[encoding]);
    }
    const file = { name, tag: `"${hash('sha1', plain, 'base64url')}"`, plain, packed };
    files.set(`/${name}`, file);
    if (name === 'index.html') files.set('/', file);
  }
  return files;
}
