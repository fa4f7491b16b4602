import type { Results } from '../run/model.ts';
import { objective } from '../run/verdict.ts';
import { metrics } from './metrics.ts';
import type { Analysis, ContenderAnalysis, ContenderCapacity, MetricName, RateAnalysis, Verdict } from './model.ts';
import { median, ratio as ratioOf } from './statistics.ts';
import { randomOf } from '../load/random.ts';
import { growthVerdicts } from './growth.ts';
import { countingByBlock, playedAt } from './rates.ts';
import { consequence, interval, listed, outcomeOf } from './words.ts';

type Found = Pick<Analysis, 'capacities' | 'rates'>;

/** Sentences that may be quoted, the most important first: the chapter's three verdicts (throughput, availability,
 *  faults), and what they cost. */
export function verdictsOf(results: Results, found: Found, baseline: string): Verdict[] {
  const { rates } = found;
  // The same rate with a provider that behaves otherwise is another question each time.
  const isStyles = results.trials.some(({ phases }) => phases.some(({ provider }) => provider !== undefined));
  if (results.trials.some(({ phases }) => phases.some(({ only }) => only !== undefined))) {
    return [
      ...rates.flatMap((rate) => metricVerdicts(rate, 'cpuPerAnswer', 'cost', baseline)),
      ...rates.flatMap((rate) => metricVerdicts(rate, 'p50', 'latency', baseline)),
      ...availabilityVerdicts(rates),
      faultVerdict(results),
    ];
  }
  // What things cost is told where the most was asked of all of them alike.
  const last = rates.slice(-1);
  const told = isStyles ? rates : last;
  return [
    ...capacityVerdicts(found, baseline),
    ...(isStyles ? [] : last).flatMap((rate) => metricVerdicts(rate, 'cpuPerOrder', 'cost', baseline)),
    ...told.flatMap((rate) => [
      ...metricVerdicts(rate, 'timeToAccepted', 'checkout', baseline),
      ...metricVerdicts(rate, 'timeToConfirmed', 'checkout', baseline),
    ]),
    ...told.flatMap((rate) => metricVerdicts(rate, 'p99', 'latency', baseline)),
    ...(isStyles ? rates.slice(0, 1) : []).flatMap((rate) => metricVerdicts(rate, 'cpuPerOrder', 'cost', baseline)),
    ...last.flatMap((rate) => metricVerdicts(rate, 'memory', 'memory', baseline)),
    ...(isStyles ? rates : rates.slice(0, 1)).flatMap((rate) => eventsAgainstCalls(results, rate)),
    ...availabilityVerdicts(rates),
    ...growthVerdicts(results),
    faultVerdict(results),
  ];
}

function capacityVerdicts({ capacities }: Found, baseline: string): Verdict[] {
  if (capacities.length === 0) return [];
  const base = capacities.find(({ contender }) => contender === baseline);
  const what = `sessions per second with 99 % of requests within ${objective.p99Ms} ms`;
  const head = base?.rate
    ? `The ${baseline} served ${served(base)} ${what} ` +
      `(${interval(base.answersPerSecond!, 0)} requests, ${interval(base.ordersPerSecond!, 1)} paid orders per second).`
    : `No search found how many ${what} the ${baseline} serves, so nobody can be set against it.`;
  const others = capacities.flatMap((found): Verdict[] => {
    const { contender, rate, ratio } = found;
    if (!rate || contender === baseline) return [];
    const relation = ratio
      ? `: ${interval(ratio, 2)} times what the ${baseline} did${consequence(ratio)}`
      : '; no block has a whole search of both, so how that compares is not known';
    return [
      {
        topic: 'throughput',
        outcome: ratio ? outcomeOf(ratio) : 'not enough',
        sentence: `${contender} served ${served(found)}${relation}.`,
        ...(ratio && { ratio }),
      },
    ];
  });
  return [{ topic: 'throughput', outcome: 'not enough', sentence: head }, ...others];
}

const served = ({ rate, isAtLeast }: ContenderCapacity) => `${isAtLeast ? 'at least ' : ''}${interval(rate!, 1)}`;

function metricVerdicts(
  { name, rate, contenders }: RateAnalysis,
  metric: MetricName,
  topic: Verdict['topic'],
  baseline: string,
): Verdict[] {
  const { noun, digits } = metrics[metric];
  const base = contenders.find(({ contender }) => contender === baseline)?.metrics[metric];
  if (!base) return [];
  const unit = metric.startsWith('cpu') ? ' CPU-ms' : metric === 'memory' ? ' MB' : ' ms';
  return contenders.flatMap(({ contender, metrics: own, ratios }): Verdict[] => {
    const [value, ratio] = [own[metric], ratios[metric]];
    if (!value || !ratio) return [];
    const sentence =
      `The ${noun} of ${contender} at ${rate} sessions/s (${name}): ${interval(value, digits)}${unit} ` +
      `against ${interval(base, digits)} of the ${baseline}, ${interval(ratio, 2)} times${consequence(ratio)}.`;
    return [{ topic, outcome: outcomeOf(ratio), sentence, ratio }];
  });
}

/** The same services and databases: what differs is whether they are told by events or by calls. */
function eventsAgainstCalls({ settings: { seed }, trials }: Results, { name, rate }: RateAnalysis): Verdict[] {
  const played = playedAt(name, trials);
  return (['timeToConfirmed', 'cpuPerOrder'] as const).flatMap((metric): Verdict[] => {
    const valuesOf = (contender: string) =>
      countingByBlock(played, contender).map((phase) => phase && metrics[metric].of(phase));
    const ratio = ratioOf(
      valuesOf('choreographed'),
      valuesOf('orchestrated'),
      randomOf(`${seed}/${name}/events/${metric}`),
    );
    if (!ratio) return [];
    const sentence =
      `Told by events in place of calls (choreographed against orchestrated) at ${rate} sessions/s (${name}), ` +
      `${metrics[metric].noun}: ${interval(ratio, 2)} times${consequence(ratio)}.`;
    return [{ topic: metric === 'cpuPerOrder' ? 'cost' : 'checkout', outcome: outcomeOf(ratio), sentence, ratio }];
  });
}

function availabilityVerdicts(rates: readonly RateAnalysis[]): Verdict[] {
  return rates.flatMap(({ name, rate, contenders }): Verdict[] => {
    const seen = contenders.filter(({ metrics }) => metrics.availability);
    if (seen.length === 0) return [];
    const unseen = contenders.filter(({ metrics }) => !metrics.availability).map(({ contender }) => contender);
    const but = unseen.length === 0 ? '' : `; of ${listed(unseen)} no trial tells`;
    const lacking = seen.filter(({ metrics }) => metrics.availability!.min < 100);
    const at = `at ${rate} sessions/s (${name})`;
    if (lacking.length === 0) {
      const who = unseen.length === 0 && seen.length > 1 ? 'Every contender' : listed(seen.map(nameOf));
      const sentence = `${who} answered every request ${at}${but}.`;
      return [{ topic: 'availability', outcome: 'no difference', sentence }];
    }
    const words = lacking.map(shareWords);
    const others = seen.length > lacking.length ? '; the others answered all' : '';
    return [
      {
        topic: 'availability',
        outcome: 'not enough',
        sentence: `Of the requests ${at}, ${listed(words)} were answered${others}${but}.`,
      },
    ];
  });
}

const nameOf = ({ contender }: ContenderAnalysis) => contender;

function shareWords({ contender, metrics: { availability } }: ContenderAnalysis): string {
  return `${interval(availability!, 2)} % of ${contender}'s`;
}

function faultVerdict({ trials }: Results): Verdict {
  const audited = trials.filter(({ audit }) => audit);
  const broken = audited.filter(({ audit }) => audit!.violations.length > 0);
  const where = audited.length === 1 ? 'the one trial' : `any of ${audited.length} trials`;
  const settled = audited.length === 0 ? 0 : median(audited.map(({ audit }) => audit!.settledAfterMs));
  const audits =
    audited.length === 0
      ? 'No trial came as far as its audit'
      : broken.length > 0
        ? `The audit found VIOLATIONS in ${broken.length} of ${audited.length} trials, and nothing of those counts`
        : `The audit of stock, money, orders and carts found nothing wrong in ${where} (nothing was left to be done ${settled} ms after the load, median)`;
  return {
    topic: 'faults',
    outcome: broken.length > 0 ? 'difference' : 'not asked',
    sentence: `${audits}. Nothing was killed or cut off here: what each architecture survives is not asked by this plan.`,
  };
}
