import { randomBytes, randomUUID } from 'node:crypto';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { pino } from 'pino';
import { describe } from '@jest/globals';
import {
  RETRY_DELAYS_MS,
  subscribers,
  subscriptions,
  topology,
  type Announcement,
  type CloudEvent,
  type Reactions,
  type Subscriber,
  type Topology,
} from '@twinstore/contracts';
import { dropDatabases, provisionDatabases } from '@twinstore/local';
import type { Logger } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';
import { migrate } from '../src/migrate.ts';
import { openBroker, type Broker } from '../src/messaging/broker.ts';
import { openMessaging } from '../src/messaging/messaging.ts';
import { messagingMigrations, postgresOutbox } from '../src/messaging/outbox.ts';
import { inTransaction, openPostgres, type Database, type Queryable } from '../src/postgres.ts';

const { TEST_POSTGRES_URL: adminUrl = '', TEST_RABBITMQ_URL: rabbitUrl = '' } = process.env;
const missing = [adminUrl === '' && 'TEST_POSTGRES_URL', rabbitUrl === '' && 'TEST_RABBITMQ_URL'].filter(Boolean);

/** `describe`, or its skipping twin with the reason in the title: what cannot run is skipped, never passed. */
export const describeMessaging = (title: string, tests: () => void): void =>
  missing.length === 0 ? describe(title, tests) : describe.skip(`${title} (skipped: no ${missing.join(', ')})`, tests);

/** A line of the log, as tests look at it. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [member: string]: unknown;
}

export interface Effect {
  readonly type: string;
  readonly orderId: string;
}

/** A database of a service of its own, whose only doing is to note what it was told. */
export interface Service {
  readonly db: Database;
  readonly url: string;
  say(...said: readonly Announcement[]): Promise<void>;
  effects(): Promise<readonly Effect[]>;
  /** Events that are still to be published. */
  unsaid(): Promise<number>;
}

export interface Bed {
  readonly url: string;
  readonly namespace: string;
  readonly names: Topology;
  readonly lines: LogLine[];
  readonly log: Logger;
  service(): Promise<Service>;
  /** Runs a service's messaging; `hook` runs in each reaction before its effect, and may throw. */
  run(subscriber: Subscriber, service: Service, hook?: Hook): Promise<{ close(): Promise<void> }>;
  broker(): Promise<Broker>;
  /** A plain channel, to look at the broker from outside. */
  channel(): Promise<Channel>;
  /** Messages that wait in it. */
  count(queue: string): Promise<number>;
  consumers(queue: string): Promise<number>;
  close(): Promise<void>;
}

export type Hook = (type: string, orderId: string, tx: Queryable) => Promise<readonly Announcement[] | void>;

/** A namespace and databases of a test's own; closing deletes all of it. */
export function openBed(url = rabbitUrl): Bed {
  const namespace = `test-${process.pid}-${randomBytes(4).toString('hex')}`;
  const names = topology(namespace);
  const closers: (() => Promise<void>)[] = [];
  const lines: LogLine[] = [];
  const log: Logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  let outside: ChannelModel | undefined;

  const channel = async () => {
    outside ??= await connect(url);
    const opened = await outside.createChannel();
    opened.on('error', () => {});
    return opened;
  };
  const look = async (queue: string) => {
    const looking = await channel();
    try {
      return await looking.checkQueue(queue);
    } catch (error) {
      // Not declared yet; a channel does not survive asking for it.
      if ((error as { code?: number }).code === 404) return { messageCount: 0, consumerCount: 0 };
      throw error;
    } finally {
      await looking.close().catch(() => {});
    }
  };
  const closing = <T extends { close(): Promise<void> }>(part: T): T => {
    let closed: Promise<void> | undefined;
    const close = () => (closed ??= part.close());
    closers.unshift(close);
    return Object.assign(Object.create(part) as T, { close });
  };

  return {
    url,
    namespace,
    names,
    lines,
    log,
    channel,
    broker: async () => closing(await openBroker({ url, namespace, log })),
    async service() {
      const suffixes = { prefix: 'test_', suffix: `_${process.pid}_${randomBytes(4).toString('hex')}` };
      const databases = await provisionDatabases(adminUrl, ['monolith'], suffixes);
      const databaseUrl = databases.monolith;
      closers.push(() => dropDatabases(adminUrl, ['monolith'], suffixes));
      await migrate(databaseUrl, [messagingMigrations]);
      const db = closing(openPostgres(databaseUrl, () => {}));
      await db.query('create table effects (type text not null, order_id uuid not null)');
      return {
        db,
        url: databaseUrl,
        say: (...said) => inTransaction(db, (tx) => postgresOutbox(tx, '/test-service').announce(said)),
        async effects() {
          const { rows } = await db.query<{ type: string; order_id: string }>('select type, order_id from effects');
          return rows.map(({ type, order_id }) => ({ type, orderId: order_id }));
        },
        async unsaid() {
          const { rows } = await db.query<{ count: number }>('select count(*) as count from messaging.outbox');
          return rows[0]?.count ?? 0;
        },
      };
    },
    run: async (subscriber, { db, url: databaseUrl }, hook) =>
      closing(
        await openMessaging({
          url,
          namespace,
          service: subscriber,
          databaseUrl,
          db,
          log,
          metrics: createMetrics('test'),
          reactions: (tx) => noting(subscriber, tx, hook),
        }),
      ),
    count: async (queue) => (await look(queue)).messageCount,
    consumers: async (queue) => (await look(queue)).consumerCount,
    async close() {
      for (const close of closers) await close();
      const looking = await channel();
      for (const subscriber of subscribers) {
        await looking.deleteQueue(names.queue(subscriber));
        await looking.deleteQueue(names.deadLetters(subscriber));
      }
      for (const delay of RETRY_DELAYS_MS) {
        await looking.deleteQueue(names.retry(delay));
        await looking.deleteExchange(names.retry(delay));
      }
      await looking.deleteExchange(names.events);
      await outside?.close();
    },
  };
}

const noting = (subscriber: Subscriber, tx: Queryable, hook?: Hook): Reactions =>
  Object.fromEntries(
    subscriptions[subscriber].map((type) => [
      type,
      async ({ orderId }: { orderId: string }) => {
        const said = await hook?.(type, orderId, tx);
        await tx.query('insert into effects (type, order_id) values ($1, $2)', [type, orderId]);
        return said ?? [];
      },
    ]),
  ) as unknown as Reactions;

export const rejected = (orderId: string = randomUUID()): Announcement => ({
  type: 'order.rejected.v1',
  data: { orderId, reason: 'out_of_stock' },
});

/** The envelope around an announcement. */
export const enveloped = ({ type, data }: Announcement, id: string = randomUUID()): CloudEvent => ({
  specversion: '1.0',
  id,
  source: '/test-service',
  type,
  subject: data.orderId,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  data,
});
