import { existsSync, readFileSync } from 'node:fs';
import { subscribers, type Subscriber } from '@twinstore/contracts';
import { openDeadLetters, type DeadLetter, type DeadLetterQueues } from './dead-letter-queue.ts';
import { table, type Terminal } from './lines.ts';
import { rabbitUrlFile } from './rabbit-url.ts';
import { Refusal } from './refusal.ts';
import { readSettings, type Settings } from './settings.ts';

const usage =
  'Usage: npm run dead-letters -- list | show <queue> [--limit n] | replay <queue> [id] | discard <queue> <id|--all>, ' +
  `where <queue> is one of ${subscribers.join(', ')}.`;

type Task = (queues: DeadLetterQueues, terminal: Terminal) => Promise<void>;

/** `npm run dead-letters`: the events that a service could not handle. Finds the broker by RABBITMQ_URL, else that of a
 *  running `npm start`.
 *  @throws Refusal  the arguments make no sense, or there is no broker or no such letter */
export async function deadLetters(
  args: readonly string[],
  terminal: Terminal,
  settings: Settings = readSettings(),
): Promise<number> {
  const task = taskOf(args);
  if (!task) throw new Refusal(usage);
  const queues = await openDeadLetters(brokerUrl(settings), settings.MESSAGE_NAMESPACE);
  try {
    await task(queues, terminal);
  } finally {
    await queues.close();
  }
  return 0;
}

function brokerUrl({ RABBITMQ_URL }: Settings): string {
  if (RABBITMQ_URL !== undefined) return RABBITMQ_URL;
  if (existsSync(rabbitUrlFile)) return readFileSync(rabbitUrlFile, 'utf8').trim();
  throw new Refusal('Which broker? Set RABBITMQ_URL, or let `npm start` run in this clone.');
}

function taskOf([verb, name, ...rest]: readonly string[]): Task | undefined {
  const subscriber = subscribers.find((candidate) => candidate === name);
  const [first, second] = rest;
  switch (verb) {
    case 'list':
      return name === undefined ? list : undefined;
    case 'show': {
      const limit =
        first === undefined ? 20 : first === '--limit' && /^[1-9]\d{0,5}$/.test(second ?? '') ? Number(second) : 0;
      return subscriber && limit > 0 && rest.length !== 1 && rest.length <= 2 ? show(subscriber, limit) : undefined;
    }
    case 'replay':
      return subscriber && rest.length <= 1 && !first?.startsWith('-') ? replay(subscriber, first) : undefined;
    case 'discard': {
      const id = first === '--all' ? undefined : first;
      return subscriber && rest.length === 1 && !id?.startsWith('-') ? discard(subscriber, id) : undefined;
    }
  }
  return undefined;
}

const list: Task = async (queues, terminal) => {
  const rows = (await queues.counts()).map(({ subscriber, dead, waiting }) => [subscriber, `${dead}`, `${waiting}`]);
  terminal.say(table([['queue', 'dead letters', 'waiting'], ...rows]));
};

const show =
  (subscriber: Subscriber, limit: number): Task =>
  async (queues, terminal) => {
    const letters = await queues.show(subscriber, limit);
    terminal.say(letters.length === 0 ? `There are no dead letters of ${subscriber}.` : tableOf(letters));
  };

const replay =
  (subscriber: Subscriber, id: string | undefined): Task =>
  async (queues, terminal) => {
    const letters = await queues.replay(subscriber, id);
    refuseNone(letters, subscriber, id);
    terminal.say(`Put back in the queue of ${subscriber}: ${letters.length}.`);
    if (letters.length > 0) terminal.say(tableOf(letters));
  };

const discard =
  (subscriber: Subscriber, id: string | undefined): Task =>
  async (queues, terminal) => {
    const letters = await queues.discard(subscriber, id);
    refuseNone(letters, subscriber, id);
    terminal.say(`Deleted from the dead letters of ${subscriber}: ${letters.length}.`);
    if (letters.length > 0) terminal.say(tableOf(letters));
  };

function refuseNone(letters: readonly DeadLetter[], subscriber: Subscriber, id: string | undefined): void {
  if (id !== undefined && letters.length === 0) throw new Refusal(`${subscriber} has no dead letter ${id}.`);
}

const tableOf = (letters: readonly DeadLetter[]): string =>
  table([
    ['id', 'type', 'order', 'tries', 'failed at', 'error'],
    ...letters.map(({ id, type, orderId, attempts, failedAt, error }) => [
      id,
      type,
      orderId,
      attempts,
      failedAt,
      error,
    ]),
  ]);
