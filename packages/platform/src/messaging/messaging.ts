import { setTimeout as sleep } from 'node:timers/promises';
import { v5 } from 'uuid';
import type { Announcement, CloudEvent, Reactions, Subscriber } from '@twinstore/contracts';
import { every } from '../every.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { inTransaction, type Database, type Queryable } from '../postgres.ts';
import { childTraceparent, currentRequest } from '../request-context.ts';
import type { Closable } from '../shutdown.ts';
import { sentEvent } from '../tracing/event-span.ts';
import { openBroker, type Broker } from './broker.ts';
import { consume } from './consumer.ts';
import type { ReceivedEvent } from './envelope.ts';
import { isConflict } from './failure.ts';
import { postgresInbox } from './inbox.ts';
import { outboxQueue, postgresOutbox } from './outbox.ts';
import { relayOutbox } from './relay.ts';

const HOUR_MS = 3_600_000;
const CONFLICTS_AT_MOST = 5;

interface MessagingOptions<S extends Subscriber> {
  /** RabbitMQ's address. Without one the service neither says nor hears anything. */
  readonly url: string | undefined;
  readonly namespace: string;
  /** Its queue is listened to; `/<service>-service` is the source of what it says. */
  readonly service: S;
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface PostgresMessagingOptions<S extends Subscriber> extends MessagingOptions<S> {
  /** Has the tables of `messagingMigrations`. */
  readonly db: Database;
  readonly databaseUrl: string;
  /** What the service does, in the transaction in which the event is noted and the answers are written down. */
  reactions(tx: Queryable): Reactions<S>;
}

/**
 * A service's part in checkout by events: publishes what its transactions wrote into the outbox, and reacts to what
 * others said, each event's effect once. Connects in the background; the service also serves while the broker is away.
 */
export async function openMessaging<S extends Subscriber>(options: PostgresMessagingOptions<S>): Promise<Closable> {
  const { url, namespace, service, log, metrics, db, databaseUrl, reactions } = options;
  if (url === undefined) return silence;
  const source = sourceOf(service);
  const broker = await openBroker({ url, namespace, log });
  const counts = count(metrics, broker);
  const outbox = outboxQueue(db);
  const relay = relayOutbox({ outbox, broker, databaseUrl, log, onPublished: (n) => (counts.said += n) });
  const consumer = consume({
    broker,
    subscriber: service,
    ready: () => db.ping(),
    log,
    onOutcome: counts.note,
    react: (event) =>
      retryConflicts(() =>
        inTransaction(db, async (tx) => {
          if (!(await postgresInbox(tx).take(event.id))) return;
          await postgresOutbox(tx, source).announce(await reactionTo(reactions(tx), event));
        }),
      ),
  });
  const forgetting = every(HOUR_MS, log, () => postgresInbox(db).forgetOld());
  return closeInTurn(consumer, relay, forgetting, broker);
}

interface DirectMessagingOptions<S extends Subscriber> extends MessagingOptions<S> {
  /** Rejects while no event could be handled. */
  ready(): Promise<void>;
  /** What the service does. Safe to repeat: without an inbox, an event that comes twice is handled twice. */
  readonly reactions: Reactions<S>;
}

/** As `openMessaging`, for a service whose effects are idempotent by themselves: what it says in answer is published
 *  before the event is acknowledged, under an id made from the event's, so that every answer to it is the same event. */
export async function openMessagingWithoutOutbox<S extends Subscriber>(
  options: DirectMessagingOptions<S>,
): Promise<Closable> {
  const { url, namespace, service, log, metrics, ready, reactions } = options;
  if (url === undefined) return silence;
  const source = sourceOf(service);
  const broker = await openBroker({ url, namespace, log });
  const counts = count(metrics, broker);
  const consumer = consume({
    broker,
    subscriber: service,
    ready,
    log,
    onOutcome: counts.note,
    async react(event) {
      const answers = await reactionTo(reactions, event);
      await Promise.all(answers.map((answer) => broker.publish(envelope(answer, event, source))));
      counts.said += answers.length;
    },
  });
  return closeInTurn(consumer, broker);
}

const silence: Closable = { close: () => Promise.resolve() };

const sourceOf = (service: Subscriber): string => `/${service}-service`;

/** What `readEvent` let through is of a type that the subscriber listens to, with that type's payload. */
const reactionTo = (reactions: Reactions<never> | object, { type, data }: ReceivedEvent) =>
  (reactions as Record<string, (data: unknown) => Promise<readonly Announcement[]>>)[type]!(data);

function envelope({ type, data }: Announcement, because: ReceivedEvent, source: string): CloudEvent {
  const request = currentRequest();
  const id = v5(type, because.id);
  return {
    specversion: '1.0',
    id,
    source,
    type,
    subject: data.orderId,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    ...(request && { traceparent: sentEvent(type, id) ?? childTraceparent(request) }),
    data,
  };
}

async function retryConflicts(work: () => Promise<void>): Promise<void> {
  for (let conflicts = 1; ; conflicts += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || conflicts >= CONFLICTS_AT_MOST) throw error;
      await sleep(Math.random() * 20 * conflicts);
    }
  }
}

function count(metrics: Metrics, broker: Broker) {
  const counts = {
    said: 0,
    handled: 0,
    retried: 0,
    'dead-lettered': 0,
    note: (outcome: 'handled' | 'retried' | 'dead-lettered') => void (counts[outcome] += 1),
  };
  metrics.gauge('broker_ready', 'Whether the broker takes messages (1) or is away (0)', () => Number(broker.ready));
  metrics.gauge('events_published', 'Events that the broker confirmed', () => counts.said);
  metrics.gauge('events_handled', 'Events that had their effect, twins included', () => counts.handled);
  metrics.gauge('events_retried', 'Events that failed and were queued for another try', () => counts.retried);
  metrics.gauge('events_dead_lettered', 'Events put with the dead letters', () => counts['dead-lettered']);
  return counts;
}

const closeInTurn = (...parts: readonly Closable[]): Closable => ({
  async close() {
    for (const part of parts) await part.close();
  },
});
