import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Message } from 'amqplib';
import { failureHeaders, subscribers, topology, type Subscriber } from '@twinstore/contracts';
import { Refusal, wordsOf } from './refusal.ts';
import { withoutPassword } from './settings.ts';

/** What may be told of a dead letter: nothing of its payload but the order. `-` is what it does not say. */
export interface DeadLetter {
  readonly id: string;
  readonly type: string;
  readonly orderId: string;
  readonly attempts: string;
  readonly failedAt: string;
  readonly error: string;
}

export interface DeadLetterQueues {
  /** How many messages wait to be handled, and how many never could be. */
  counts(): Promise<readonly { subscriber: Subscriber; waiting: number; dead: number }[]>;
  /** The oldest of them; they stay where they are. */
  show(subscriber: Subscriber, limit: number): Promise<readonly DeadLetter[]>;
  /** Puts them, or the one with that id, back in the service's queue: to be handled as if they were new. */
  replay(subscriber: Subscriber, id?: string): Promise<readonly DeadLetter[]>;
  /** Deletes them, or the one with that id. */
  discard(subscriber: Subscriber, id?: string): Promise<readonly DeadLetter[]>;
  close(): Promise<void>;
}

const NOT_FOUND = 404;

/** @throws Refusal  the broker does not let us in, or knows no queues of that namespace */
export async function openDeadLetters(url: string, namespace: string): Promise<DeadLetterQueues> {
  const names = topology(namespace);
  const connection = await connect(url, { noDelay: true, timeout: 5_000 }).catch((error: unknown) => {
    throw new Refusal(`RabbitMQ at ${withoutPassword(url)} cannot be used (${wordsOf(error)}): does it run?`);
  });
  connection.on('error', () => {}); // whatever we wait for is rejected as well

  const countOf = async (queue: string): Promise<number> => {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    try {
      const { messageCount } = await channel.checkQueue(queue);
      await channel.close();
      return messageCount;
    } catch (error) {
      if ((error as { code?: unknown }).code !== NOT_FOUND) throw error;
      throw new Refusal(`RabbitMQ has no queue ${queue}: has no store run here yet, or is MESSAGE_NAMESPACE another?`);
    }
  };

  /** Gets the letters that are there now, oldest first. Those that `settle` says no to are given back. */
  const walk = async (
    subscriber: Subscriber,
    limit: number,
    settle: (message: Message, letter: DeadLetter) => Promise<boolean>,
  ): Promise<readonly DeadLetter[]> => {
    const queue = names.deadLetters(subscriber);
    const channel = await connection.createChannel();
    const settled: DeadLetter[] = [];
    let givenBack = 0;
    for (let left = Math.min(limit, await countOf(queue)); left > 0; left -= 1) {
      const message = await channel.get(queue);
      if (!message) break;
      const letter = describe(message);
      if (await settle(message, letter)) {
        channel.ack(message);
        settled.push(letter);
      } else givenBack += 1;
    }
    if (givenBack > 0) channel.nackAll(true);
    // Nobody confirms a nack: until the letters can be seen again, another command would find fewer than there are.
    for (let looks = 0; looks < 200 && (await countOf(queue)) < givenBack; looks += 1) await sleep(10);
    await channel.close();
    return settled;
  };

  const publish = async (queue: string, { content, properties }: Message): Promise<void> => {
    const channel = await connection.createConfirmChannel();
    let returned = false;
    channel.on('return', () => (returned = true));
    const { contentType, messageId } = properties;
    channel.sendToQueue(queue, content, { mandatory: true, persistent: true, contentType, messageId });
    await channel.waitForConfirms();
    await channel.close();
    if (returned)
      throw new Refusal(`RabbitMQ has no queue ${queue} to put it in; the dead letters stay where they are.`);
  };

  return {
    async counts() {
      const rows = [];
      for (const subscriber of subscribers) {
        const waiting = await countOf(names.queue(subscriber));
        rows.push({ subscriber, waiting, dead: await countOf(names.deadLetters(subscriber)) });
      }
      return rows;
    },
    async show(subscriber, limit) {
      const seen: DeadLetter[] = [];
      await walk(subscriber, limit, async (_, letter) => {
        seen.push(letter);
        return false;
      });
      return seen;
    },
    replay: (subscriber, id) =>
      walk(subscriber, Infinity, async (message, letter) => {
        if (id !== undefined && letter.id !== id) return false;
        // It leaves the dead letters once the broker has it in the other queue: at worst it is in both.
        await publish(names.queue(subscriber), message);
        return true;
      }),
    discard: (subscriber, id) => walk(subscriber, Infinity, async (_, letter) => id === undefined || letter.id === id),
    close: () => connection.close(),
  };
}

function describe({ content, properties }: Message): DeadLetter {
  const headers: Readonly<Record<string, unknown>> = properties.headers ?? {};
  const event = parse(content);
  return {
    id: matching(/^[\w.-]{1,64}$/, properties.messageId),
    type: matching(/^[a-z]+(\.[a-z-]+)+\.v\d+$/, event['type']),
    orderId: matching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, event['subject']),
    attempts: matching(/^\d+$/, headers[failureHeaders.attempts]),
    failedAt: matching(/^[\dTZ:.-]+$/, headers[failureHeaders.failedAt]),
    error: matching(/./, headers[failureHeaders.error] ?? brokersReason(headers)).replaceAll(/\p{Cc}/gu, ' '),
  };
}

/** The broker itself puts away what comes back too often: then a consumer died of it each time. */
const brokersReason = (headers: Readonly<Record<string, unknown>>): string | undefined =>
  headers['x-first-death-reason'] === 'delivery_limit' ? 'its consumer ended each time before it was done' : undefined;

const matching = (pattern: RegExp, value: unknown): string =>
  (typeof value === 'string' || typeof value === 'number') && pattern.test(String(value)) ? String(value) : '-';

function parse(content: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(content.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // it may be dead for that very reason
  }
}
