import type { ReceivedEvent } from '../messaging/envelope.ts';
import type { RequestContext } from '../request-context.ts';
import { activeSpan, type OpenSpan } from './active-span.ts';
import { joinTrace, keepsSpans, startSpan } from './recorder.ts';
import { rememberTrace } from './resume.ts';

/**
 * The trace context of an event that is said now, by a span without length: when the broker gets the event is decided
 * later, and by another. The transaction that says it may still be rolled back, and then nobody hears it. Undefined if
 * spans are off.
 */
export function sentEvent(type: string, id: string): string | undefined {
  if (!activeSpan()) return undefined;
  const span = startSpan(`send ${withoutVersion(type)}`, 'producer', attributesOf('send', type, id));
  span?.end();
  return span?.traceparent;
}

/** The span in which an event has its effect, beneath the one that said it. Undefined if spans are off. */
export function reactionSpan(event: ReceivedEvent, request: RequestContext): OpenSpan | undefined {
  if (!keepsSpans()) return undefined;
  const { id, type, subject, time } = event;
  const attributes = {
    ...attributesOf('process', type, id),
    // By two clocks: the event's time is its database's.
    'twinstore.queued_ms': Math.max(0, Date.now() - Date.parse(time)),
  };
  const span = joinTrace(`process ${withoutVersion(type)}`, 'consumer', attributes, request.traceparent);
  if (!span) return undefined;
  // The log's lines carry the same trace.
  request.traceparent ??= span.traceparent;
  rememberTrace(subject, span);
  return span;
}

const attributesOf = (operation: 'send' | 'process', type: string, id: string) => ({
  'messaging.system': 'rabbitmq',
  'messaging.operation.name': operation,
  'messaging.destination.name': type,
  'messaging.message.id': id,
});

const withoutVersion = (type: string): string => type.replace(/\.v\d+$/, '');
