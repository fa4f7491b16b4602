import { metrics } from '../analysis/metrics.ts';
import { ENOUGH_BLOCKS } from '../analysis/statistics.ts';
import { type Row, type Say, verdictOf } from './row.ts';
import { compareTwins, handicapped, type PlayTwin, relationText, tooBusy } from './twins.ts';

/** What a request costs the slower twin more, in ms of CPU time. */
export const HANDICAP_MS = 1;

/** The other side of the A/A test, which a rig that sees nothing would pass as well: what is not the same is told apart, in
 *  the right direction. */
export async function toldApart(play: PlayTwin, blocks: number, say: Say): Promise<Row[]> {
  const { found, losses } = await compareTwins(play, handicapped, ['p50', 'cpuPerOrder'], { from: 1, blocks }, say);
  return found.map(({ name, relation, side }) => {
    const busy = relation && relation.trials >= ENOUGH_BLOCKS ? undefined : tooBusy(losses);
    return {
      check: `A/B ${metrics[name].noun}`,
      expected: `a monolith with ${HANDICAP_MS} ms more of work per request has more`,
      measured: relationText(relation),
      verdict: busy ? `skipped because ${busy}` : verdictOf(side > 0),
    };
  });
}
