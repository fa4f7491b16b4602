import type { Climb } from '../plans/plan.ts';
import type { Capacity, PhaseResult } from './model.ts';

/** Plays one step of a search. `attempt` tells the second try at a rate from the first. */
type Play = (rate: number, attempt: 1 | 2) => Promise<PhaseResult>;

/** Searches for the highest rate at which the objective is kept, as `Climb` says. A step that missed it, or in which the
 *  generator was the limit, gets a second try where there is to be one. A search that the generator
 *  ends knows no rate that missed, and one that it ends at the first step found nothing: undefined. */
export async function searchCapacity(
  { from, factor, halvings, mostSteps, tries = 2 }: Climb,
  play: Play,
): Promise<Capacity | undefined> {
  let best: PhaseResult | undefined;
  let missedAt: number | undefined;

  const isKept = async (rate: number): Promise<boolean | undefined> => {
    const first = await play(rate, 1);
    const second = !first.kept && tries === 2 ? await play(rate, 2) : first;
    // What the store missed stays missed, also where the generator spoiled the other try.
    const step = second.status === 'invalid' ? first : second;
    if (step.status === 'invalid') return undefined;
    if (step.kept) best = step;
    else missedAt = rate;
    return step.kept;
  };

  let rate = from;
  for (let step = 1; step <= mostSteps; step += 1, rate = rounded(rate * factor)) {
    if (!(await isKept(rate))) break;
  }
  // Missed from the start: what it can do lies below. A search that only goes up would call that nothing.
  while (!best && missedAt !== undefined && missedAt > LOWEST_RATE) {
    if ((await isKept(Math.max(LOWEST_RATE, rounded(missedAt / factor)))) === undefined) break;
  }
  for (let halving = 1; halving <= halvings && best && missedAt !== undefined; halving += 1) {
    if ((await isKept(rounded(Math.sqrt(best.rate * missedAt)))) === undefined) break;
  }
  return capacityOf(best, missedAt);
}

/** Sessions per second: who cannot do this much has no capacity worth a number. */
const LOWEST_RATE = 1;

/** To three digits, so that it can be said and repeated. */
const rounded = (rate: number) => Number(rate.toPrecision(3));

function capacityOf(best: PhaseResult | undefined, missedAt: number | undefined): Capacity | undefined {
  if (!best && missedAt === undefined) return undefined;
  if (!best) return { rate: 0, missedAt, answersPerSecond: 0, ordersPerSecond: 0 };
  const { answers, orders, ms } = best.measured.window;
  return {
    rate: best.rate,
    missedAt,
    answersPerSecond: (answers * 1000) / ms,
    ordersPerSecond: ((orders['paid'] ?? 0) * 1000) / ms,
  };
}
