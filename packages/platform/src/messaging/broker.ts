import type { Channel, ConfirmChannel } from 'amqplib';
import { topology, type CloudEvent, type Topology } from '@twinstore/contracts';
import type { Logger } from '../log.ts';
import { atMost } from '../waiting.ts';
import { keepChannel, keepConnection, type ChannelKeeper } from './connection.ts';
import { declareTopology } from './topology.ts';

export interface BrokerOptions {
  readonly url: string;
  readonly namespace: string;
  readonly log: Logger;
}

/** A message as it travels. */
export interface Parcel {
  readonly id: string;
  readonly content: Buffer;
  readonly headers?: Readonly<Record<string, string | number>>;
}

export interface Broker {
  readonly names: Topology;
  /** Whether it takes messages at this moment. */
  readonly ready: boolean;
  /** Calls back each time that it becomes ready. */
  onReady(listener: () => void): void;
  /** Tells everybody who listens. Resolves when the broker has it safely in every queue that it belongs in.
   *  @throws when it may have it not: it is away, refused, found no queue, or did not answer in 4 s */
  publish(event: CloudEvent): Promise<void>;
  /** As `publish`, for one parcel to any exchange. */
  send(exchange: string, routingKey: string, parcel: Parcel): Promise<void>;
  /** Keeps a channel for consuming, on a connection of its own: RabbitMQ stops reading one that publishes while it is
   *  short of memory or disk, and acknowledgements must still get through. */
  keepConsuming(use: (channel: Channel) => Promise<void>, lost: () => void): ChannelKeeper;
  close(): Promise<void>;
}

// Below the 5 s of a relay's claim.
const CONFIRM_TIMEOUT_MS = 4000;
const CONTENT_TYPE = 'application/cloudevents+json';

/** RabbitMQ, connected in the background and again whenever it was away. Each new channel declares the whole topology:
 *  whoever comes first, no event is lost because its consumer never ran. */
export async function openBroker({ url, namespace, log }: BrokerOptions): Promise<Broker> {
  const names = topology(namespace);
  const talking = await keepConnection(url, 'publish', log);
  const hearing = await keepConnection(url, 'consume', log);
  const listeners: (() => void)[] = [];
  let open: { readonly channel: ConfirmChannel; readonly returned: Map<string, number> } | undefined;
  let blocked = false;

  const tellReady = () => {
    for (const listener of listeners) listener();
  };
  talking.on('blocked', (reason) => {
    blocked = true;
    log.error({ reason }, 'RabbitMQ takes no messages until it has memory or disk again');
  });
  talking.on('unblocked', () => {
    blocked = false;
    tellReady();
  });
  talking.on('disconnect', () => (blocked = false));

  const keeper = keepChannel(
    () => talking.createConfirmChannel(),
    async (channel) => {
      await declareTopology(channel, names);
      // By message id. Twins of one message may be under way at once, so they are counted.
      const returned = new Map<string, number>();
      channel.on('return', ({ properties: { messageId: id } }) => returned.set(id, (returned.get(id) ?? 0) + 1));
      open = { channel, returned };
      tellReady();
    },
    () => (open = undefined),
    log,
  );

  const send = (exchange: string, routingKey: string, { id, content, headers }: Parcel): Promise<void> => {
    if (!open || blocked) return Promise.reject(new Error('the broker is away'));
    const { channel, returned } = open;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error('the broker did not confirm it in time')), CONFIRM_TIMEOUT_MS);
    const options = { mandatory: true, persistent: true, contentType: CONTENT_TYPE, messageId: id, headers };
    try {
      channel.publish(exchange, routingKey, content, options, (error: Error | null) => {
        if (error) return reject(error);
        // A message that no queue took is returned first, and confirmed all the same.
        const count = returned.get(id) ?? 0;
        if (count === 0) return resolve();
        if (count === 1) returned.delete(id);
        else returned.set(id, count - 1);
        reject(new Error('no queue takes it'));
      });
    } catch (error) {
      reject(error as Error);
    }
    return promise.finally(() => clearTimeout(timer));
  };

  return {
    names,
    get ready() {
      return open !== undefined && !blocked;
    },
    onReady: (listener) => void listeners.push(listener),
    publish: (event) => send(names.events, event.type, { id: event.id, content: Buffer.from(JSON.stringify(event)) }),
    send,
    keepConsuming: (use, lost) =>
      keepChannel(
        () => hearing.createChannel(),
        async (opened) => {
          await declareTopology(opened, names);
          await use(opened);
        },
        lost,
        log,
      ),
    async close() {
      await keeper.close();
      await atMost(1000, Promise.all([talking.close(), hearing.close()]));
    },
  };
}
