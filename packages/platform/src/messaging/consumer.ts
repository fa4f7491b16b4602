import { setTimeout as sleep } from 'node:timers/promises';
import { IllegalOperationError, type Channel, type ConsumeMessage } from 'amqplib';
import { failureHeaders, RETRY_DELAYS_MS, type Subscriber } from '@twinstore/contracts';
import { atMost, backoff, pause } from '../waiting.ts';
import { newId } from '../ids.ts';
import type { Logger } from '../log.ts';
import { validTraceparent, withRequest, type RequestContext } from '../request-context.ts';
import { within } from '../tracing/active-span.ts';
import { reactionSpan } from '../tracing/event-span.ts';
import type { Broker } from './broker.ts';
import { readEvent, type ReceivedEvent } from './envelope.ts';
import { describeFailure } from './failure.ts';

/** So many messages are handled side by side. */
const PREFETCH = 16;
const READY_TIMEOUT_MS = 3000;
const STOP_TIMEOUT_MS = 1000;
const DRAIN_TIMEOUT_MS = 4000;

export interface ConsumerOptions {
  readonly broker: Broker;
  readonly subscriber: Subscriber;
  /** The event's effect, once and for all when it resolves. */
  react(event: ReceivedEvent): Promise<void>;
  /** Rejects while this service could not handle any event at all, for instance since its database is away. */
  ready(): Promise<void>;
  readonly log: Logger;
  readonly onOutcome: (outcome: 'handled' | 'retried' | 'dead-lettered') => void;
}

/** Handles the events of one subscriber's queue. A message is acknowledged after its effect, its place in a queue for
 *  another try, or its place among the dead letters is safe, and never before. */
export function consume(options: ConsumerOptions): { close(): Promise<void> } {
  const { broker, subscriber, log, onOutcome } = options;
  const queue = broker.names.queue(subscriber);
  const closing = new AbortController();
  const inHand = new Set<Promise<void>>();
  let current: { readonly channel: Channel; tag?: string } | undefined;
  let paused = false;

  const isReady = async (): Promise<boolean> => {
    if (!broker.ready) return false;
    const answer = options.ready().then(
      () => true,
      () => false,
    );
    return Promise.race([answer, sleep(READY_TIMEOUT_MS, false, { ref: false })]);
  };

  const start = async () => {
    if (!current || current.tag || paused || closing.signal.aborted) return;
    const { channel } = current;
    current.tag = newId();
    const receive = (message: ConsumeMessage | null) => {
      // The broker took the queue away; a new channel declares it again.
      if (!message) return void channel.close().catch(() => {});
      const task = handle(channel, message)
        .catch((error: unknown) => log.error({ err: error }, 'a message could not be settled'))
        .finally(() => inHand.delete(task));
      inHand.add(task);
    };
    await channel.consume(queue, receive, { consumerTag: current.tag });
  };

  /** No more messages, until `start`. Those that are on their way already are given back. */
  const stop = async () => {
    const { channel, tag } = current ?? {};
    if (!channel || !tag) return;
    delete current?.tag;
    await channel.cancel(tag);
  };

  const handle = async (channel: Channel, message: ConsumeMessage) => {
    if (paused || closing.signal.aborted) return giveBack(channel, message);
    const event = readEvent(subscriber, message.content);
    if ('fault' in event) {
      const reason = `The message ${event.fault}`;
      log.error({ messageId: message.properties.messageId, reason }, 'a message is put with the dead letters unread');
      return settle(channel, message, () => deadLetter(message, reason));
    }
    const context = contextOf(event);
    await withRequest(context, async () => {
      const span = reactionSpan(event, context);
      try {
        await (span ? within(span, () => options.react(event)) : options.react(event));
      } catch (error) {
        span?.end(error);
        return failed(channel, message, event, error);
      }
      span?.end();
      onOutcome('handled');
      acknowledge(channel, message);
    });
  };

  const failed = async (channel: Channel, message: ConsumeMessage, event: ReceivedEvent, error: unknown) => {
    if (paused || !(await isReady())) {
      pauseUntilReady();
      return giveBack(channel, message);
    }
    const reason = describeFailure(error, event.data);
    const attempts = attemptsOf(message) + 1;
    const delay = RETRY_DELAYS_MS[attempts - 1];
    const facts = { eventId: event.id, type: event.type, orderId: event.subject, attempts, reason };
    if (delay === undefined) {
      log.error(facts, 'an event could not be handled and is put with the dead letters');
      return settle(channel, message, () => deadLetter(message, reason));
    }
    log.warn(facts, 'an event could not be handled and will be tried again');
    return settle(channel, message, async () => {
      await broker.send(broker.names.retry(delay), queue, copyOf(message, { [failureHeaders.attempts]: attempts }));
      onOutcome('retried');
    });
  };

  const deadLetter = async (message: ConsumeMessage, reason: string) => {
    const headers = {
      [failureHeaders.error]: reason,
      [failureHeaders.attempts]: attemptsOf(message) + 1,
      [failureHeaders.failedAt]: new Date().toISOString(),
    };
    await broker.send('', broker.names.deadLetters(subscriber), copyOf(message, headers));
    onOutcome('dead-lettered');
  };

  /** Acknowledges the message once it is safe elsewhere; gives it back if that fails. */
  const settle = async (channel: Channel, message: ConsumeMessage, moveOn: () => Promise<void>) => {
    try {
      await moveOn();
    } catch (error) {
      log.warn({ err: error, messageId: message.properties.messageId }, 'a message could not be moved on');
      await pause(1000, closing.signal);
      return giveBack(channel, message);
    }
    acknowledge(channel, message);
  };

  const pauseUntilReady = () => {
    if (paused) return;
    paused = true;
    log.warn('not able to handle events; listens again when it is');
    stop().catch((error: unknown) => log.debug({ err: error }, 'the channel was gone when it was to be paused'));
    const wait = async () => {
      let failures = 1;
      do await pause(backoff(failures++, 200, 3000), closing.signal);
      while (!closing.signal.aborted && !(await isReady()));
      paused = false;
      if (closing.signal.aborted) return;
      log.info('listens to events again');
      await start();
    };
    wait().catch((error: unknown) => log.warn({ err: error }, 'could not listen again; a new channel will'));
  };

  const keeper = broker.keepConsuming(
    async (channel) => {
      await channel.prefetch(PREFETCH);
      current = { channel };
      await start();
    },
    () => (current = undefined),
  );

  return {
    async close() {
      closing.abort();
      await atMost(STOP_TIMEOUT_MS, stop());
      await atMost(DRAIN_TIMEOUT_MS, Promise.all(inHand));
      await keeper.close();
    },
  };
}

/** Messages of a channel that is gone are delivered again: there is nothing left to settle. */
function onOpenChannel(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof IllegalOperationError)) throw error;
  }
}

const acknowledge = (channel: Channel, message: ConsumeMessage) => onOpenChannel(() => channel.ack(message));
const giveBack = (channel: Channel, message: ConsumeMessage) => onOpenChannel(() => channel.nack(message, false, true));

const attemptsOf = ({ properties }: ConsumeMessage): number =>
  Number(properties.headers?.[failureHeaders.attempts] ?? 0);

const copyOf = ({ content, properties }: ConsumeMessage, headers: Record<string, string | number>) => ({
  id: String(properties.messageId ?? newId()),
  content,
  headers,
});

/** Of no client: what it costs is billed to nobody, and nobody waits for it. */
const contextOf = (event: ReceivedEvent): RequestContext => ({
  requestId: event.id,
  traceparent: validTraceparent(event.traceparent),
  statements: 0,
  calls: 0,
  deadline: undefined,
});
