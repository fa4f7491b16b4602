import { subscriptions, type Subscriber } from './events.ts';

/** How long a message waits before each of its retries. With the tries themselves: well below 15 s in all. */
export const RETRY_DELAYS_MS: readonly number[] = [200, 1000, 3000];

export const subscribers = Object.keys(subscriptions) as readonly Subscriber[];

/** What the exchanges and queues of one store are called on its broker. */
export interface Topology {
  readonly events: string;
  queue(subscriber: Subscriber): string;
  deadLetters(subscriber: Subscriber): string;
  /** Exchange, and its queue, where a message waits so long; it then goes to the queue that is its routing key. */
  retry(delayMs: number): string;
}

/** The names for a namespace: several stores can share a broker. */
export const topology = (namespace: string): Topology => ({
  events: `${namespace}.events`,
  queue: (subscriber) => `${namespace}.${subscriber}`,
  deadLetters: (subscriber) => `${namespace}.${subscriber}.dead-letters`,
  retry: (delayMs) => `${namespace}.retry-in-${delayMs}-ms`,
});

/** Headers of a message that failed. None of them holds anything of its payload. */
export const failureHeaders = {
  /** Tries that have failed so far. */
  attempts: 'x-attempts',
  /** Only at a dead letter: why the last try failed. */
  error: 'x-error',
  /** Only at a dead letter: when it did (RFC 3339, UTC). */
  failedAt: 'x-failed-at',
} as const;
