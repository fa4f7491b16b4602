import { connect, type ChannelModel, type ConsumeMessage } from 'amqplib';
import type { Chance } from '../../src/chance.ts';

const COPIED = 'x-copied-by-test';
const LATEST_MS = 3000;
const PAUSE_MS = 200;

/**
 * Listens to everything that the services say, and says about half of it again up to 3 s later: every consumer gets
 * duplicates, and events in an order in which nobody said them. Survives the broker. `copies` tells how many there were.
 */
export function sayTwice(url: string, namespace: string, chance: Chance) {
  const exchange = `${namespace}.events`;
  let closed = false;
  let copies = 0;
  let connection: ChannelModel | undefined;

  async function listen(): Promise<void> {
    connection = await connect(url, { noDelay: true });
    const lost = new Promise<void>((resolve) => connection?.on('close', resolve));
    connection.on('error', () => {});
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, exchange, '#');
    const copy = ({ fields, properties, content }: ConsumeMessage) => {
      try {
        const headers = { ...properties.headers, [COPIED]: true };
        channel.publish(exchange, fields.routingKey, content, { ...properties, headers, persistent: true });
        copies += 1;
      } catch {
        // The channel went away with the broker; so did the wish to copy.
      }
    };
    const hear = (message: ConsumeMessage | null) => {
      if (!message || message.properties.headers?.[COPIED] || chance(2) === 0) return;
      setTimeout(copy, chance(LATEST_MS), message).unref();
    };
    await channel.consume(queue, hear, { noAck: true });
    await lost;
  }

  const ended = (async () => {
    while (!closed) {
      await listen().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();

  return {
    copies: () => copies,
    async close() {
      closed = true;
      await connection?.close().catch(() => {});
      await ended;
    },
  };
}
