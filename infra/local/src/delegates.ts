import { join } from 'node:path';
import { runJest } from './jest.ts';
import { root } from './paths.ts';
import { statusOf } from './processes.ts';
import { Refusal } from './refusal.ts';
import { run } from './run.ts';
import { readSettings, testAdmin } from './settings.ts';

/** `npm run lab`, `npm run compare` and their like: a command of the load lab (or whichever the arguments name first),
 *  with its own arguments. */
export const lab =
  (...command: readonly string[]) =>
  async (args: readonly string[], signal: AbortSignal): Promise<number> => {
    const main = join(root, 'apps', 'lab', 'src', 'main.ts');
    return (await run(process.execPath, [main, ...command, ...args], { signal, visible: true })).code;
  };

/** `npm run mutants`: stores with a fault made on purpose, which conformance and the audit have to catch. */
export async function mutants(args: readonly string[], signal: AbortSignal): Promise<number> {
  const main = join(root, 'packages', 'conformance', 'mutants', 'main.ts');
  return (await run(process.execPath, [main, ...args], { signal, visible: true })).code;
}

/** `npm run conformance -- URL [URL...] [jest arguments]`: the conformance suite against stores that run anywhere.
 *  Settings: PROVIDER_URL (default http://localhost:8070) and ADMIN_TOKEN (default demo-admin).
 *  @throws Refusal  no URL was given, or nothing answers there */
export async function conformance(args: readonly string[], signal: AbortSignal): Promise<number> {
  const urls = args.filter((arg) => /^https?:/.test(arg)).map((url) => url.replace(/\/+$/, ''));
  if (urls.length === 0) {
    throw new Refusal('Which store? Give its address: npm run conformance -- http://localhost:8080');
  }
  for (const url of urls) {
    if ((await statusOf(`${url}/readyz`)) !== 200) {
      throw new Refusal(
        `No store answers at ${url} (GET /readyz): start it, for example with npm start, or mend the address.`,
      );
    }
  }
  const doors = urls.map((url) => ({ name: url, url }));
  const jestArgs = ['packages/conformance/test/doors', ...args.filter((arg) => !/^https?:/.test(arg))];
  const { PROVIDER_URL = 'http://localhost:8070' } = readSettings();
  const env = { TEST_DOORS: JSON.stringify(doors), TEST_PROVIDER_URL: PROVIDER_URL, ...testAdmin() };
  const { passed, failed, skipped } = await runJest(jestArgs, env, signal);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed === 0 ? 0 : 1;
}
