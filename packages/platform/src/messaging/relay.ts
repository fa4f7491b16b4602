import { every } from '../every.ts';
import { listenPostgres } from '../listen.ts';
import type { Logger } from '../log.ts';
import { atMost } from '../waiting.ts';
import type { Broker } from './broker.ts';
import type { OutboxQueue } from './outbox.ts';

const BATCH = 100;
/** Longer than a broker may take to confirm. */
const CLOSE_TIMEOUT_MS = 5000;
export interface RelayOptions {
  readonly outbox: OutboxQueue;
  readonly broker: Broker;
  readonly databaseUrl: string;
  /** A net: a NOTIFY wakes the relay at once. It also finds what a relay that died had in hand. */
  readonly lookEveryMs?: number;
  readonly log: Logger;
  readonly onPublished: (count: number) => void;
}

/**
 * Publishes what stands in the outbox, as soon as it does. Any number of relays share one. An event is removed after
 * the broker has confirmed it: a crash in between says it twice, and the inboxes drop the twin.
 */
export function relayOutbox(options: RelayOptions): { close(): Promise<void> } {
  const { outbox, broker, databaseUrl, lookEveryMs = 1000, log, onPublished } = options;
  let closing = false;

  /** Answers how many it found. No transaction is open while the broker is spoken to. */
  const relayBatch = async (): Promise<number> => {
    const said = await outbox.claim(BATCH);
    if (said.length === 0) return 0;
    const outcomes = await Promise.allSettled(said.map((event) => broker.publish(event)));
    const confirmed = said.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    if (confirmed.length > 0) await outbox.remove(confirmed.map(({ id }) => id));
    onPublished(confirmed.length);
    if (confirmed.length < said.length) {
      const left = said.filter((event) => !confirmed.includes(event));
      if (!broker.ready) await outbox.release(left.map(({ id }) => id));
      // It is these events, then. Their claim runs out by itself, and until then the others go on.
      else
        log.error({ events: left.map(({ id, type }) => ({ id, type })), reasons: reasons(outcomes) }, 'not published');
    }
    return said.length;
  };

  const relaying = every(lookEveryMs, log, async () => {
    let found = BATCH;
    while (found === BATCH && broker.ready && !closing) found = await relayBatch();
  });
  broker.onReady(relaying.now);
  const ears = listenPostgres({
    url: databaseUrl,
    channels: ['outbox'],
    onNotice: relaying.now,
    onConnected: relaying.now,
    log,
  });
  return {
    async close() {
      closing = true;
      await ears.close();
      await atMost(CLOSE_TIMEOUT_MS, relaying.close());
    },
  };
}

const reasons = (outcomes: readonly PromiseSettledResult<void>[]): readonly string[] => [
  ...new Set(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []))),
];
