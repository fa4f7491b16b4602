import { connect } from 'amqplib';
import { RETRY_DELAYS_MS, subscribers, topology } from '@twinstore/contracts';

/** Deletes one store's exchanges and queues from a broker, with all messages; for tests. Safe to repeat. */
export async function deleteNamespace(url: string, namespace: string): Promise<void> {
  const names = topology(namespace);
  const retries = RETRY_DELAYS_MS.map((delayMs) => names.retry(delayMs));
  const queues = subscribers.flatMap((subscriber) => [names.queue(subscriber), names.deadLetters(subscriber)]);
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    for (const queue of [...queues, ...retries]) await channel.deleteQueue(queue);
    for (const exchange of [names.events, ...retries]) await channel.deleteExchange(exchange);
  } finally {
    await connection.close();
  }
}
