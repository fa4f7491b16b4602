import type { z } from 'zod';
import { CloudEvent, events, subscriptions, type EventType, type Subscriber } from '@twinstore/contracts';

/** An event as a subscriber gets it, its payload checked. */
export interface ReceivedEvent {
  readonly id: string;
  readonly type: EventType;
  readonly subject: string;
  /** When it was written down (RFC 3339, UTC). */
  readonly time: string;
  readonly traceparent: string | undefined;
  readonly data: unknown;
}

/** Reads a message meant for `subscriber`. What cannot be read is told in words that hold nothing of its payload. */
export function readEvent(subscriber: Subscriber, content: Buffer): ReceivedEvent | { readonly fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch {
    return { fault: 'is not JSON' };
  }
  const envelope = CloudEvent.safeParse(json);
  if (!envelope.success) return { fault: `is no CloudEvent of ours: ${places(envelope.error)}` };
  const { id, type, subject, time, traceparent, data } = envelope.data;
  if (!listensTo(subscriber, type))
    return { fault: `has a type that ${subscriber} does not know: ${type.slice(0, 80)}` };
  const payload = events[type].safeParse(data);
  if (!payload.success) return { fault: `has a wrong payload for its type: ${places(payload.error)}` };
  return { id, type, subject, time, traceparent, data: payload.data };
}

const listensTo = (subscriber: Subscriber, type: string): type is EventType =>
  (subscriptions[subscriber] as readonly string[]).includes(type);

/** Where it is wrong and in which way: `lines.0.quantity (too_small)`. Zod's own messages may quote what they found. */
const places = (error: z.ZodError): string =>
  error.issues.map(({ path, code }) => `${path.join('.') || 'all of it'} (${code})`).join(', ');
