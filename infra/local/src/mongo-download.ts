/** A program of its own, run by `mongo.ts`: `node mongo-download.ts <folder>` fetches a `mongod` into the folder and
 *  writes lines for a program to read: `bytes N` once a second, at last `program PATH` or `error WORDS`. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MongoBinary } from 'mongodb-memory-server-core';

const folder = process.argv[2]!;
const say = (line: string) => process.stdout.write(`${line}\n`);
process.stdin.on('end', () => process.exit(1)).resume();

const progress = setInterval(() => {
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > 100_000) say(`bytes ${bytes}`);
}, 1_000);

try {
  say(`program ${await MongoBinary.getPath({ downloadDir: folder, version: '8.0.4' })}`);
} catch (error) {
  const words = error instanceof Error ? error.message : String(error);
  say(`error ${words.split('\n').at(-1)}`);
} finally {
  clearInterval(progress);
  process.stdin.destroy();
}
