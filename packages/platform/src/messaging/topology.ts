import type { Channel } from 'amqplib';
import { RETRY_DELAYS_MS, subscribers, subscriptions, type Topology } from '@twinstore/contracts';

// A queue's arguments are part of its identity: one that exists with others is refused. Each is spelled out where
// RabbitMQ's versions differ in what they take it to be.
const QUORUM = { 'x-queue-type': 'quorum' };

// Dead letters move from queue to queue like published ones, confirmed, so that a crash in between loses none. It asks
// for `reject-publish`. https://www.rabbitmq.com/docs/quorum-queues#activating-at-least-once-dead-lettering
const deadLetterTo = (routingKey?: string) => ({
  'x-dead-letter-exchange': '',
  ...(routingKey !== undefined && { 'x-dead-letter-routing-key': routingKey }),
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
});

/**
 * How often a message may come back before RabbitMQ itself moves it to the dead letters: only one that takes its
 * consumer down with it gets there. RabbitMQ 3 has no limit, 4 has one of 20, and up to 4.2 counts messages that were
 * merely given back. https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling
 */
const DELIVERIES = 100;
/** Looking at a dead letter gives it back, which up to 4.2 counts, and one beyond the limit would be dropped. */
const LOOKS = 1_000_000;

/** Declares all of it; what is there already stays as it is.
 *  @throws when something of that name is there and is different */
export async function declareTopology(channel: Channel, names: Topology): Promise<void> {
  const durable = (args: Record<string, unknown>) => ({ durable: true, arguments: { ...QUORUM, ...args } });
  await channel.assertExchange(names.events, 'topic', { durable: true });
  for (const delay of RETRY_DELAYS_MS) {
    const name = names.retry(delay);
    await channel.assertExchange(name, 'fanout', { durable: true });
    await channel.assertQueue(name, durable({ ...deadLetterTo(), 'x-message-ttl': delay }));
    await channel.bindQueue(name, name, '');
  }
  for (const subscriber of subscribers) {
    const queue = names.queue(subscriber);
    const deadLetters = names.deadLetters(subscriber);
    await channel.assertQueue(deadLetters, durable({ 'x-delivery-limit': LOOKS }));
    await channel.assertQueue(queue, durable({ ...deadLetterTo(deadLetters), 'x-delivery-limit': DELIVERIES }));
    for (const type of subscriptions[subscriber]) await channel.bindQueue(queue, names.events, type);
  }
}
