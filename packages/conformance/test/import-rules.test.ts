import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Imports that the rules refuse, each in a file of the folder that it stands for. */
const refused: readonly [file: string, statement: string][] = [
  ['packages/order/src/domain/x.ts', "import { readFile } from 'node:fs/promises'; export { readFile };"],
  ['packages/order/src/domain/x.ts', "import pg from 'pg'; export { pg };"],
  ['packages/order/src/domain/x.ts', "import { newId } from '@twinstore/platform'; export { newId };"],
  ['packages/cart/src/domain/x.ts', "import { Cart } from '@twinstore/contracts'; export { Cart };"],
  ['packages/cart/src/domain/x.ts', "export * from '../application/ports.ts';"],
  ['packages/order/src/application/x.ts', "import { newId } from '@twinstore/platform'; export { newId };"],
  ['packages/order/src/application/x.ts', "import { events } from '@twinstore/contracts'; export { events };"],
  ['packages/order/src/application/x.ts', "export * from '../adapters/routes.ts';"],
  ['packages/order/src/application/x.ts', "import { httpCarts } from '@twinstore/cart'; export { httpCarts };"],
  ['packages/order/src/adapters/x.ts', "import { httpCarts } from '@twinstore/cart'; export { httpCarts };"],
  ['packages/order/src/adapters/x.ts', "export * from '../../../cart/src/domain/cart.ts';"],
  ['packages/order/src/adapters/x.ts', "import '@twinstore/cart/src/domain/cart.ts';"],
  ['packages/order/src/index.ts', "import '@twinstore/gateway';"],
  ['packages/platform/src/x.ts', "import type { Carts } from '@twinstore/cart'; export type { Carts };"],
  ['packages/contracts/src/x.ts', "import express from 'express'; export { express };"],
  ['packages/kernel/src/x.ts', "import { z } from 'zod'; export { z };"],
  ['apps/monolith/src/x.ts', "import '@twinstore/order/src/application/transact.ts';"],
];

const allowed: readonly [file: string, statement: string][] = [
  ['packages/order/src/domain/x.ts', "import { money } from '@twinstore/kernel'; export { money };"],
  ['packages/order/src/application/x.ts', "import type { Carts } from '@twinstore/cart'; export type { Carts };"],
  [
    'packages/order/src/application/x.ts',
    "import type { Reactions } from '@twinstore/contracts'; export type { Reactions };",
  ],
  ['packages/order/src/adapters/x.ts', "import { newId } from '@twinstore/platform'; export { newId };"],
  ['apps/monolith/src/x.ts', "import { httpCarts } from '@twinstore/cart'; export { httpCarts };"],
];

describe('the import rules', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'import-rules-'));
    // The rules name folders relative to where they stand.
    await copyFile(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(refused)('refuse in %s: %s', async (file, statement) => {
    expect(await lint(folder, file, statement)).toContain('no-restricted-imports');
  });

  it.each(allowed)('allow in %s: %s', async (file, statement) => {
    expect(await lint(folder, file, statement)).toBe('');
  });
});

async function lint(folder: string, file: string, statement: string): Promise<string> {
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${statement}\n`);
  const args = ['--config', '.oxlintrc.json', '-f', 'unix', file];
  const output = await new Promise<string>((resolve) => {
    execFile(join(root, 'node_modules/.bin/oxlint'), args, { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
  await rm(path);
  return output;
}
