import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { findRabbit, type Rabbit } from '@twinstore/local';
import { describeMessaging, enveloped, openBed, rejected, type Bed } from './messaging-bed.ts';
import { until } from './until.ts';
import { openBroker } from '../src/messaging/broker.ts';
import { outboxQueue } from '../src/messaging/outbox.ts';
import { relayOutbox } from '../src/messaging/relay.ts';

/** A broker of its own, since it is going to be killed. */
describeMessaging('while the broker is away', () => {
  let rabbit: Rabbit;
  let bed: Bed;
  beforeAll(async () => {
    const found = await findRabbit({ folder: `test-${process.pid}/rabbitmq`, throwaway: true });
    if ('missing' in found) throw new Error(found.missing);
    rabbit = found;
  }, 60_000);
  afterAll(() => rabbit?.stop());
  beforeEach(() => {
    bed = openBed(rabbit.url);
  });
  afterEach(() => bed.close());

  it('what is said is kept, and arrives once after kill -9 and a restart in the midst of publishing', async () => {
    const [order, payment] = [await bed.service(), await bed.service()];
    await bed.run('order', order);
    await bed.run('payment', payment);
    let said = 0;
    let talking = true;
    const talk = async () => {
      while (talking) {
        await order.say(rejected(), rejected());
        said += 2;
        await sleep(5);
      }
    };
    const talker = talk();
    await until(async () => (await payment.effects()).length > 50);
    await rabbit.server?.kill();
    const before = said;
    await until(() => said > before + 100);
    await rabbit.server?.start();
    await sleep(500);
    talking = false;
    await talker;
    await until(async () => (await order.unsaid()) === 0);
    await until(async () => (await payment.effects()).length >= said);
    await sleep(300);
    const effects = await payment.effects();
    expect(effects).toHaveLength(said);
    expect(new Set(effects.map(({ orderId }) => orderId)).size).toBe(said);
    expect(await bed.count(bed.names.deadLetters('payment'))).toBe(0);
  }, 60_000);

  it('the relay does not touch the database, and publishes at once when it is back', async () => {
    const order = await bed.service();
    await rabbit.server?.kill();
    const broker = await bed.broker();
    await expect(broker.publish(enveloped(rejected()))).rejects.toThrow('the broker is away');
    await order.say(rejected());
    let claims = 0;
    const outbox = outboxQueue(order.db);
    const counted = { ...outbox, claim: (limit: number) => ((claims += 1), outbox.claim(limit)) };
    const parts = { outbox: counted, broker, databaseUrl: order.url, log: bed.log, onPublished: () => {} };
    const looking = relayOutbox(parts);
    await sleep(2500);
    await looking.close();
    expect(claims).toBe(0);
    expect(bed.lines.filter(({ msg }) => msg.startsWith('RabbitMQ cannot be reached'))).toHaveLength(2);
    const relay = relayOutbox({ ...parts, lookEveryMs: 3_600_000 });
    await rabbit.server?.start();
    await until(async () => (await order.unsaid()) === 0);
    await relay.close();
  }, 60_000);

  it('a refused password is told in one sentence without it, and the service goes on', async () => {
    const url = rabbit.url.replace(/:[^:@/]+@/, ':wrong-password@');
    const broker = await openBroker({ url, namespace: bed.namespace, log: bed.log });
    await until(() =>
      bed.lines.some(({ msg }) => msg === 'RabbitMQ refuses the user name or the password in RABBITMQ_URL'),
    );
    expect(broker.ready).toBe(false);
    await broker.close();
    expect(JSON.stringify(bed.lines)).not.toContain('wrong-password');
    const other = await bed.broker();
    await until(() => other.ready);
  });
});
