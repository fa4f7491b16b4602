import { describe, expect, it } from '@jest/globals';
import { randomOf } from '../../src/load/random.ts';
import type { PhaseResult, Trial } from '../../src/run/model.ts';
import { caught, suspects } from '../../src/selftest/caught.ts';
import { sameTwice } from '../../src/selftest/same-twice.ts';
import { toldApart } from '../../src/selftest/told-apart.ts';
import { handicapped, type Twin, twins } from '../../src/selftest/twins.ts';
import { aPhase } from '../report/a-phase.ts';
import { silent } from './fake-rig.ts';

const trialOf = (contender: string, block: number, more: Partial<Trial>): Trial => ({
  contender,
  stage: 'test',
  block,
  number: block,
  status: 'ok',
  reason: '',
  startedAt: '2026-01-01T00:00:00.000Z',
  yardstickMs: undefined,
  startMs: 0,
  postgres: '',
  broker: undefined,
  phases: [],
  capacity: undefined,
  audit: undefined,
  ...more,
});

const random = randomOf('twins');
const phaseOf = (cost: number, more: Partial<PhaseResult> = {}): PhaseResult => ({
  // What else a machine does costs a little more or less each time.
  ...aPhase(random, 'monolith', 'fixed', 'the same', 12, 8, { cost: cost * (0.97 + random.next() * 0.06) }),
  ...more,
});
const play = (cost: (twin: Twin, block: number) => number) => async (twin: Twin, block: number) =>
  trialOf(twin, block, { phases: [phaseOf(cost(twin, block))] });
const broken = async (twin: Twin, block: number) => trialOf(twin, block, { status: 'failed', reason: 'it died' });
const busy = async (twin: Twin, block: number) =>
  trialOf(twin, block, { phases: [phaseOf(1, { status: 'invalid', reason: 'the generator was late' })] });

describe('the check that the same is not told apart', () => {
  const verdicts = async (playTwin: Parameters<typeof sameTwice>[0]) =>
    new Set((await sameTwice(playTwin, 6, silent)).map(({ verdict }) => verdict));

  it('passes where both are the same', async () => {
    expect(await verdicts(play(() => 1))).toEqual(new Set(['passed']));
  });

  it('fails where one of them has a handicap', async () => {
    expect(await verdicts(play((twin) => (twin === twins[1] ? 1.3 : 1)))).toEqual(new Set(['FAILED']));
  });

  it('passes where a difference was named once and is not there again', async () => {
    const onlyAtFirst = play((twin, block) => (twin === twins[1] && block <= 6 ? 1.3 : 1));
    expect(await verdicts(onlyAtFirst)).toEqual(new Set(['passed']));
  });

  it('fails where trials fail', async () => {
    expect(await verdicts(broken)).toEqual(new Set(['FAILED']));
  });

  it('is skipped, and says why, where the machine is too busy to measure', async () => {
    expect([...(await verdicts(busy))]).toEqual(['skipped because too few blocks count: the generator was late']);
  });
});

describe('the check that what is not the same is told apart', () => {
  const verdicts = async (playTwin: Parameters<typeof toldApart>[0]) =>
    (await toldApart(playTwin, 6, silent)).map(({ verdict }) => verdict);
  const slower = (cost: number) => play((twin) => (twin === handicapped[1] ? cost : 1));

  it('passes where the slower one is found to be slower', async () => {
    expect(await verdicts(slower(1.3))).toEqual(['passed', 'passed']);
  });

  it('passes where the machine hides it in one block', async () => {
    expect(await verdicts(play((twin, block) => (twin === handicapped[1] && block !== 3 ? 1.3 : 1)))).toEqual([
      'passed',
      'passed',
    ]);
  });

  it('fails a rig that finds no difference, or one in the wrong direction', async () => {
    expect(await verdicts(slower(1))).toEqual(['FAILED', 'FAILED']);
    expect(await verdicts(slower(0.7))).toEqual(['FAILED', 'FAILED']);
  });

  it('fails where trials fail, and is skipped where the machine is too busy', async () => {
    expect(await verdicts(broken)).toEqual(['FAILED', 'FAILED']);
    const skipped = 'skipped because too few blocks count: the generator was late';
    expect(await verdicts(busy)).toEqual([skipped, skipped]);
  });
});

describe('the check that the audit catches mutants', () => {
  const verdicts = async (violationsOf: (mutant: string | undefined) => readonly string[] | undefined) => {
    const rows = await caught(
      async ({ mutant }) => {
        const violations = violationsOf(mutant);
        const audit = violations && { violations, customers: 1, products: 1, settledAfterMs: 0, lookMs: 300 };
        return trialOf('monolith', 1, { audit, ...(!audit && { status: 'failed', reason: 'it died' }) });
      },
      suspects,
      silent,
    );
    return rows.map(({ verdict }) => verdict);
  };
  const [sound, ...mutants] = suspects.map(() => 'passed');

  it('passes an audit that finds every mutant and blames nobody else', async () => {
    expect(await verdicts((mutant) => (mutant ? ['wrong'] : []))).toEqual([sound, ...mutants]);
  });

  it('fails an audit that finds nothing', async () => {
    expect(await verdicts(() => [])).toEqual([sound, ...mutants.map(() => 'FAILED')]);
  });

  it('fails an audit that blames everybody', async () => {
    expect(await verdicts(() => ['wrong'])).toEqual(['FAILED', ...mutants]);
  });

  it('fails where there was no audit, whatever else went wrong', async () => {
    expect(await verdicts(() => undefined)).toEqual(suspects.map(() => 'FAILED'));
  });
});
