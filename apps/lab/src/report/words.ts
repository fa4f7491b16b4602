import type { Verdict } from '../analysis/model.ts';
import type { Results } from '../run/model.ts';

/** The chapter's three verdicts, then what else there is to say; in this order. */
export const topicTitles: Readonly<Record<Verdict['topic'], string>> = {
  throughput: 'Throughput',
  availability: 'Availability',
  faults: 'Tolerance of faults',
  cost: 'Cost',
  latency: 'Latency',
  checkout: 'Checkout',
  memory: 'Memory',
  stability: 'Stability over time',
};
export const topics = Object.keys(topicTitles) as Verdict['topic'][];
const always: readonly Verdict['topic'][] = ['throughput', 'availability', 'faults'];

/** Verdicts by topic. The chapter's three are always there, if only without a verdict; others where there is one. */
export const byTopic = (verdicts: readonly Verdict[]) =>
  topics
    .map((topic) => ({ topic, title: topicTitles[topic], verdicts: verdicts.filter((each) => each.topic === topic) }))
    .filter(({ topic, verdicts }) => verdicts.length > 0 || always.includes(topic));

export const NOT_ASKED = 'This run did not ask.';

/** What has to be known before the first number: that this run was cut short in one way or another. */
export function warnings({ plan, partial, settings, trials, plannedTrials }: Results): string[] {
  return [
    ...(settings.smoke
      ? ['SMOKE RUN: everything was cut short to show that it works. Its numbers mean next to nothing.']
      : []),
    ...(partial
      ? [`PARTIAL: ${trials.length} of ${plannedTrials} planned trials are in here; the others were not carried out.`]
      : []),
    ...(plan.isQuick
      ? [
          'QUICK: a first look, with short windows and few fresh starts. Repeat it with a full plan before you decide anything.',
        ]
      : []),
  ];
}
