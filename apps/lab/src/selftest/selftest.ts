import { availableParallelism, loadavg } from 'node:os';
import { closeConnections } from '@twinstore/conformance';
import { ENOUGH_BLOCKS } from '../analysis/statistics.ts';
import { generate } from '../load/generator.ts';
import { coreList, layOutCores, pinOurselves } from '../machine/cores.ts';
import { table } from '../report/table.ts';
import { caught, suspects } from './caught.ts';
import { ceilingRow, type Ceiling, findCeiling } from './ceiling.ts';
import { generatorCost, RATE } from './generator-cost.ts';
import type { GeneratorRig } from './generator-run.ts';
import { knownDelay } from './known-delay.ts';
import { startNullStore } from './null-store.ts';
import { type CheckName, checks, parseSelfTest, type SelfTestOptions, usage } from './options.ts';
import type { Row, Say } from './row.ts';
import { sameTwice } from './same-twice.ts';
import { stalls } from './stall.ts';
import { type Surroundings, withMutants, withTwins } from './stages.ts';
import { toldApart } from './told-apart.ts';
import { findWrk } from './wrk.ts';

/** `npm run lab -- selftest`: whether the lab finds what is there, and nothing that is not. Prints a table.
 *  @returns the exit code: 0, 1 where a check failed, 130 when stopped
 *  @throws Refusal  it cannot be done as asked, or here; nothing is left running */
export async function selftest(args: readonly string[], say: Say, signal: AbortSignal): Promise<number> {
  const options = parseSelfTest(args);
  if (!options) {
    say(usage);
    return 0;
  }
  const cores = layOutCores();
  say(cores.sentence);
  const [busy = 0] = loadavg();
  if (busy > availableParallelism() / 4) {
    say(`This machine is busy (load average ${busy.toFixed(1)}): its numbers are worse than the lab is.`);
  }
  if (cores.pinned) pinOurselves(cores.generator);
  const rows: Row[] = [];
  try {
    await runChecks(options, { cores, signal, say }, (more) => rows.push(...more));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await closeConnections();
  }
  const head = ['check', 'what was expected', 'what was measured', 'verdict'];
  say('');
  say(
    table([head, ...rows.map(({ check, expected, measured, verdict }) => [check, expected, short(measured), verdict])]),
  );
  if (signal.aborted) return 130;
  const failed = rows.filter(({ verdict }) => verdict === 'FAILED').length;
  say(`\n${rows.length} checks, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function runChecks(
  { only, quick }: SelfTestOptions,
  surroundings: Surroundings,
  add: (rows: readonly Row[]) => void,
): Promise<void> {
  const { cores, signal, say } = surroundings;
  const begin = (name: CheckName): boolean => {
    if (only.includes(name)) say(`${name}: ${checks[name]}`);
    return only.includes(name);
  };
  if (only.some((name) => name === 'generator' || name === 'delay' || name === 'stall')) {
    const store = await startNullStore(cores.pinned ? coreList(cores.contender) : undefined, signal);
    try {
      const rig: GeneratorRig = { generate, cpuMs: ownCpuMs, store };
      const windowMs = quick ? 3_000 : 5_000;
      let ceiling: Ceiling | undefined;
      if (begin('generator')) {
        add(await generatorCost({ ...rig, wrk: findWrk() }, { rounds: quick ? 2 : 3, windowMs }, say, signal));
        add([ceilingRow((ceiling = await findCeiling(rig, windowMs, say, signal)))]);
      }
      if (begin('delay')) {
        ceiling ??= await findCeiling(rig, windowMs, say, signal);
        add(await knownDelay(rig, (ceiling.rate || RATE) / 2, windowMs, signal));
      }
      if (begin('stall')) add(await stalls(rig, signal));
    } finally {
      await store.stop();
    }
  }
  if (begin('mutants')) add(await withMutants(surroundings, (play) => caught(play, suspects, say)));
  // With four, one in which the machine itself became slower hides a difference.
  const blocks = quick ? ENOUGH_BLOCKS : 6;
  if (begin('aa')) add(await withTwins(surroundings, (play) => sameTwice(play, blocks, say)));
  if (begin('ab')) add(await withTwins(surroundings, (play) => toldApart(play, blocks, say)));
}

/** A violation can be as long as an answer. */
const short = (text: string) => (text.length > 90 ? `${text.slice(0, 89)}…` : text);

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
