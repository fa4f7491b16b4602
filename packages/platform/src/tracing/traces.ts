import type { Router } from 'express';
import type { Span, Trace } from '@twinstore/contracts';
import type { Identify } from '../http/caller.ts';
import { exposePort, remotePort, type PortMethods } from '../remote-port.ts';
import type { Upstream } from '../upstream.ts';
import { spansOf } from './recorder.ts';

interface KeptSpans {
  /** What a process has kept of a trace; nothing if its spans are off. */
  of(traceId: string): Promise<readonly Span[]>;
}

/** For how long a front door waits for a service, in milliseconds. */
const methods: PortMethods<KeptSpans> = { of: 2000 };

/** Offers what this service keeps to the front doors. */
export const exposeSpans = (identify: Identify): Router =>
  exposePort<KeptSpans>('spans', { of: async (traceId) => spansOf(traceId) }, methods, identify);

export interface Traces {
  of(traceId: string): Promise<Trace>;
}

/** Traces as a front door sees them: its own spans, and those of every instance of the services behind it. */
export const traces = (upstreams: readonly Upstream[] = []): Traces => ({
  async of(traceId) {
    const answers = await Promise.all(upstreams.map((upstream) => askService(upstream, traceId)));
    const spans = [...spansOf(traceId), ...answers.flatMap((answer) => answer.spans)];
    return {
      traceId,
      spans: spans.sort((a, b) => a.startMs - b.startMs),
      silent: answers.flatMap(({ name, isWhole }) => (isWhole ? [] : [name])),
    };
  },
});

/** `isWhole`: there is an instance, and none is missing. */
async function askService({ name, instances }: Upstream, traceId: string) {
  const answers = await Promise.allSettled(
    instances().map((instance) => remotePort<KeptSpans>('spans', instance, methods).of(traceId)),
  );
  const spans = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  return { name, spans, isWhole: answers.length > 0 && answers.every(({ status }) => status === 'fulfilled') };
}
