import { metrics } from '../analysis/metrics.ts';
import { ENOUGH_BLOCKS } from '../analysis/statistics.ts';
import { type Row, type Say, verdictOf } from './row.ts';
import { compareTwins, type Found, type Loss, type PlayTwin, relationText, tooBusy, twins } from './twins.ts';

/**
 * The A/A test: what is the same must not be told apart. An interval that holds 19 times out of 20 does not hold the
 * twentieth time, and three are asked; so a difference that is named is looked for again in as many new blocks, and is
 * one only if it is there again, in the same direction.
 */
export async function sameTwice(play: PlayTwin, blocks: number, say: Say): Promise<Row[]> {
  const compare = (from: number) => compareTwins(play, twins, ['p50', 'p99', 'cpuPerOrder'], { from, blocks }, say);
  const first = await compare(1);
  if (first.found.every(({ side }) => side === 0)) return first.found.map((found) => rowOf(found, first.losses));
  say('  a difference was named; is it there again?');
  const again = await compare(blocks + 1);
  const losses = [...first.losses, ...again.losses];
  return first.found.map((found, index) => rowOf(found, losses, found.side === 0 ? undefined : again.found[index]));
}

function rowOf({ name, relation, side }: Found, losses: readonly Loss[], again?: Found): Row {
  const isDifferent = again ? again.side === side : side !== 0;
  const isEnough = [relation, ...(again ? [again.relation] : [])].every((one) => one && one.trials >= ENOUGH_BLOCKS);
  const repeated = again ? `; again: ${relationText(again.relation)}` : '';
  const busy = isEnough ? undefined : tooBusy(losses);
  return {
    check: `A/A ${metrics[name].noun}`,
    expected: 'no difference is named',
    measured: `${relationText(relation)}${repeated}`,
    verdict: busy ? `skipped because ${busy}` : verdictOf(!isDifferent && isEnough),
  };
}
