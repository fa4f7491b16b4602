import type { Fixed, Phase } from '../plans/plan.ts';
import type { Trial } from '../run/model.ts';
import { type Row, type Say, verdictOf } from './row.ts';

/** A mutant that the audit has to catch, and the load under which it does wrong. */
export interface Suspect {
  /** As the mutants call it; undefined: the store as it is. */
  readonly mutant: string | undefined;
  readonly load: Pick<Fixed, 'rate' | 'seconds' | 'provider'>;
  /** Sells a few products with little stock instead of the whole catalog. */
  readonly isScarce?: true;
}

const load = { rate: 12, seconds: 3 };

/** The first is none: an audit that accuses everybody catches every mutant. */
export const suspects: readonly Suspect[] = [
  { mutant: undefined, load, isScarce: true },
  { mutant: 'sells what is not there', load, isScarce: true },
  {
    mutant: 'charges twice when an answer is lost',
    load: { ...load, provider: { lostAnswerRate: 0.3 } },
  },
  { mutant: 'acknowledges the second line of a cart and loses it', load },
  { mutant: 'answers 202 and forgets', load },
];

export const phasesOf = ({ load }: Suspect): readonly Phase[] => [{ kind: 'fixed', name: 'load', ...load }];

/** Starts it afresh, plays its phases and audits it. */
export type PlaySuspect = (suspect: Suspect) => Promise<Trial>;

/** Whether the audit after a trial tells a store that breaks its word from one that keeps it. */
export async function caught(play: PlaySuspect, all: readonly Suspect[], say: Say): Promise<Row[]> {
  const rows: Row[] = [];
  for (const suspect of all) {
    const { audit, reason } = await play(suspect);
    const [violation] = audit?.violations ?? [];
    const isMutant = suspect.mutant !== undefined;
    const found = violation ?? (audit ? 'nothing was found' : `there was no audit: ${reason}`);
    say(`  ${suspect.mutant ?? 'the store as it is'}: ${found}`);
    rows.push({
      check: isMutant ? `a store that ${suspect.mutant}` : 'the store as it is',
      expected: isMutant ? 'the audit finds it' : 'the audit finds nothing',
      measured: found,
      verdict: verdictOf(audit !== undefined && (violation !== undefined) === isMutant),
    });
  }
  return rows;
}
