// npm run mutants [-- part of a name]: stores with a fault made on purpose, each of which conformance or the audit has
// to catch. The unchanged store has to pass the very same.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findPostgres, readSettings, removeRunFolder, runFolder, sweepRunFolders } from '@twinstore/local';
import { closeConnections } from '../src/index.ts';
import { mutants, type Mutant } from './mutants.ts';
import { tryStore, type Bench, type Finding, type Trial } from './trial.ts';
import { copyWorkingTree } from './working-copy.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const everyArchitecture = ['monolith', 'direct'] as const;
const say = (line: string) => void process.stdout.write(`${line}\n`);

const wanted = mutants.filter(({ name }) => name.includes(process.argv.slice(2).join(' ')));
const folder = runFolder('mutants');
sweepRunFolders('mutants');
const copy = copyWorkingTree(root);
// What we started ends with us: the apps watch their standard input.
process.once('exit', () => copy.remove());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const outdated = wanted.flatMap((mutant) => copy.outdated(mutant));
if (wanted.length === 0) outdated.push('There is no such mutant.');
if (outdated.length > 0) {
  for (const sentence of outdated) say(sentence);
  process.exit(1);
}

const postgres = await findPostgres({
  url: readSettings().POSTGRES_URL,
  folder: join(folder, 'postgres'),
  throwaway: true,
  unsafe: true,
});
try {
  // The copy's own launcher starts the copy's apps.
  const launcher = pathToFileURL(join(copy.folder, 'infra/local/src/index.ts')).href;
  const { startStack } = (await import(launcher)) as Pick<Bench, 'startStack'>;
  const logDir = join(copy.folder, '.twinstore/logs');
  process.exitCode = await tryAll({ root, startStack, adminUrl: postgres.adminUrl, logDir });
} finally {
  await postgres.stop();
  removeRunFolder(folder);
  await closeConnections();
}

async function tryAll(bench: Bench): Promise<number> {
  const behaviors = [...new Set(wanted.flatMap((mutant) => mutant.behaviors))];
  const sound = await timed('the store as it is', () => tryStore(bench, everyArchitecture, behaviors));
  for (const finding of sound.findings) say(`  WRONGLY blamed: ${told(finding)}`);
  if (sound.findings.length === 0) say(`  passes ${sound.tried} behaviors and the audit`);

  let survivors = 0;
  for (const mutant of wanted) {
    const doors = mutant.doors ?? everyArchitecture;
    const restore = copy.mutate(mutant);
    const { findings } = await timed(mutant.name, () => tryStore(bench, doors, mutant.behaviors)).finally(restore);
    for (const door of doors) {
      const own = findings.filter((finding) => finding.door === door);
      if (own.length === 0) survivors += 1;
      say(own.length === 0 ? `  ${door}: SURVIVED` : verdict(own));
    }
  }
  const caught = survivors === 0 ? 'every one was caught at every door' : `${survivors} survived`;
  say(`${wanted.length} mutants: ${caught}`);
  return survivors === 0 && sound.findings.length === 0 ? 0 : 1;
}

/** What caught a mutant at one door: of each kind the first, and how many more. */
function verdict(own: readonly Finding[]): string {
  const kinds = [...Map.groupBy(own, ({ by }) => by).values()];
  return kinds
    .map((all) => `  ${told(all[0] as Finding)}${all.length > 1 ? ` (and ${all.length - 1} more)` : ''}`)
    .join('\n');
}

function told({ door, by, what }: Finding): string {
  return `${door}: ${by}: ${what.replaceAll(/\s+/g, ' ').slice(0, 130)}`;
}

async function timed(name: Mutant['name'], work: () => Promise<Trial>): Promise<Trial> {
  const started = performance.now();
  const trial = await work();
  say(`${name} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  return trial;
}
