import {
  cpSync,
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
import { basename, join } from 'node:path';
import type { Mutant } from './mutants.ts';

/** A copy of the working tree that runs by itself: its packages are its own, those of others are shared. */
export interface WorkingCopy {
  readonly folder: string;
  /** Why a mutant cannot be made: a text that is not in its file exactly once. */
  outdated(mutant: Mutant): readonly string[];
  /** Makes it the mutant; answers how to take that back. */
  mutate(mutant: Mutant): () => void;
  remove(): void;
}

const notCopied = new Set(['node_modules', '.twinstore', '.turbo', '.git', 'test', 'mutants']);

export function copyWorkingTree(root: string): WorkingCopy {
  const folder = mkdtempSync(join(tmpdir(), 'twinstore-mutants-'));
  for (const name of ['package.json', 'apps', 'packages', 'infra']) {
    cpSync(join(root, name), join(folder, name), { recursive: true, filter: (path) => !notCopied.has(basename(path)) });
  }
  linkModules(root, folder);
  const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');
  return {
    folder,
    outdated: ({ name, patches }) =>
      patches.flatMap(({ file, find }) => {
        const times = textOf(file).split(find).length - 1;
        return times === 1 ? [] : [`The mutant that ${name} is out of date: its text is ${times} times in ${file}.`];
      }),
    mutate({ patches }) {
      const originals = patches.map(({ file, find, replace }) => {
        const text = textOf(file);
        writeFileSync(
          join(folder, file),
          text.replace(find, () => replace),
        );
        return { file, text };
      });
      return () => {
        for (const { file, text } of originals.toReversed()) writeFileSync(join(folder, file), text);
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Links the installed packages one by one, but those of the workspace to where they are in the copy. */
function linkModules(root: string, folder: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@twinstore'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@twinstore') symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  for (const parent of ['apps', 'packages', 'infra']) {
    for (const name of readdirSync(join(folder, parent))) {
      symlinkSync(join(folder, parent, name), join(modules, '@twinstore', name));
      // What npm could not put at the top, since another version of it is there.
      const own = join(parent, name, 'node_modules');
      if (existsSync(join(root, own))) symlinkSync(join(root, own), join(folder, own));
    }
  }
}
