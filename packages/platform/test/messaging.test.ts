import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Announcement } from '@twinstore/contracts';
import { openMessagingWithoutOutbox } from '../src/messaging/messaging.ts';
import { outboxQueue, postgresOutbox } from '../src/messaging/outbox.ts';
import { relayOutbox } from '../src/messaging/relay.ts';
import { createMetrics } from '../src/metrics.ts';
import { inTransaction } from '../src/postgres.ts';
import { currentRequest, withRequest } from '../src/request-context.ts';
import { describeMessaging, enveloped, openBed, rejected, type Bed } from './messaging-bed.ts';
import { until } from './until.ts';

describeMessaging('messaging', () => {
  let bed: Bed;
  beforeEach(() => {
    bed = openBed();
  });
  afterEach(() => bed.close());

  it('tells another service what a transaction said, and never what a rolled back one did', async () => {
    const [order, payment] = [await bed.service(), await bed.service()];
    await bed.run('order', order);
    await bed.run('payment', payment);
    const never = rejected();
    const saying = inTransaction(order.db, async (tx) => {
      await postgresOutbox(tx, '/order-service').announce([never]);
      throw new Error('rolled back');
    });
    await expect(saying).rejects.toThrow('rolled back');
    const said = [rejected(), rejected(), rejected()];
    await order.say(...said);
    await until(async () => (await payment.effects()).length >= 3);
    expect((await payment.effects()).map(({ orderId }) => orderId).sort()).toEqual(
      said.map(({ data }) => data.orderId).sort(),
    );
    await until(async () => (await order.unsaid()) === 0);
  });

  it('has one effect when a relay dies after it published and before it removed the event', async () => {
    const [order, payment] = [await bed.service(), await bed.service()];
    const broker = await bed.broker();
    await until(() => broker.ready);
    await order.say(rejected());
    const outbox = outboxQueue(order.db);
    const [event] = await outbox.claim(10);
    if (!event) throw new Error('nothing to publish');
    await broker.publish(event);
    await outbox.release([event.id]);
    await bed.run('order', order);
    await until(async () => (await order.unsaid()) === 0);
    expect(await bed.count(bed.names.queue('payment'))).toBe(2);
    await bed.run('payment', payment);
    await until(async () => (await bed.count(bed.names.queue('payment'))) === 0);
    await sleep(200);
    expect(await payment.effects()).toHaveLength(1);
  });

  it('handles an event once however often it is delivered at a time', async () => {
    const payment = await bed.service();
    const broker = await bed.broker();
    await bed.run('payment', payment);
    await until(() => broker.ready);
    const event = enveloped(rejected(), randomUUID());
    await Promise.all(Array.from({ length: 20 }, () => broker.publish(event)));
    await broker.publish(enveloped(rejected()));
    await until(async () => (await payment.effects()).length >= 2);
    await sleep(200);
    expect(await payment.effects()).toHaveLength(2);
  });

  it('hands an event to one relay at a time, the oldest first, and again once it is given up', async () => {
    const order = await bed.service();
    const said = Array.from({ length: 10 }, () => rejected());
    for (const announcement of said) await order.say(announcement);
    const outbox = outboxQueue(order.db);
    const claims = await Promise.all([outbox.claim(4), outbox.claim(4), outbox.claim(4)]);
    const subjects = claims.flat().map(({ subject }) => subject);
    expect(claims.every((claim) => claim.length <= 4)).toBe(true);
    expect([...subjects].sort()).toEqual(said.map(({ data }) => data.orderId).sort());
    expect(await outbox.claim(4)).toEqual([]);
    await outbox.release(claims.flat().map(({ id }) => id));
    const again = await outbox.claim(3);
    expect(again.map(({ subject }) => subject)).toEqual(said.slice(0, 3).map(({ data }) => data.orderId));
  });

  it('publishes as soon as something is said, not when it next looks', async () => {
    const order = await bed.service();
    const broker = await bed.broker();
    let published = 0;
    const relay = relayOutbox({
      outbox: outboxQueue(order.db),
      broker,
      databaseUrl: order.url,
      lookEveryMs: 3_600_000,
      log: bed.log,
      onPublished: (count) => (published += count),
    });
    await until(() => broker.ready);
    // Written while it starts, and while it only listens.
    for (let said = 1; said <= 3; said += 1) {
      await order.say(rejected());
      await until(() => published === said);
    }
    await relay.close();
  });

  it('shares the work among relays and consumers of one service, and loses nothing', async () => {
    const [order, payment] = [await bed.service(), await bed.service()];
    await Promise.all([bed.run('order', order), bed.run('order', order)]);
    const shares = [0, 0, 0];
    for (const clone of shares.keys()) {
      await bed.run('payment', payment, async () => void (shares[clone] = (shares[clone] ?? 0) + 1));
    }
    await until(async () => (await bed.consumers(bed.names.queue('payment'))) === 3);
    for (let batch = 0; batch < 30; batch += 1) await order.say(...Array.from({ length: 20 }, () => rejected()));
    await until(async () => (await payment.effects()).length >= 600);
    await sleep(200);
    expect(new Set((await payment.effects()).map(({ orderId }) => orderId)).size).toBe(600);
    expect(await payment.effects()).toHaveLength(600);
    expect(Math.min(...shares)).toBeGreaterThan(60);
    expect(await order.unsaid()).toBe(0);
  });

  it('without an outbox, answers before it acknowledges, and always with the same event', async () => {
    const order = await bed.service();
    const broker = await bed.broker();
    await bed.run('order', order);
    let reactions = 0;
    const takeOut = async ({ orderId }: { orderId: string }): Promise<readonly Announcement[]> => {
      reactions += 1;
      if (reactions === 1) throw new Error('not yet');
      return [{ type: 'cart.taken-out.v1', data: { orderId } }];
    };
    const cart = await openMessagingWithoutOutbox({
      url: bed.url,
      namespace: bed.namespace,
      service: 'cart',
      log: bed.log,
      metrics: createMetrics('test'),
      ready: async () => {},
      reactions: { 'order.paid.v1': takeOut },
    });
    await until(() => broker.ready);
    const orderId = randomUUID();
    const paid = { orderId, shopper: randomUUID(), lines: [{ sku: 'A', quantity: 1 }] };
    const event = enveloped({ type: 'order.paid.v1', data: paid });
    await broker.send('', bed.names.queue('cart'), { id: event.id, content: Buffer.from(JSON.stringify(event)) });
    await until(() => reactions === 2);
    await broker.send('', bed.names.queue('cart'), { id: event.id, content: Buffer.from(JSON.stringify(event)) });
    await until(() => reactions === 3);
    await cart.close();
    expect(await bed.count(bed.names.queue('cart'))).toBe(0);
    await until(async () => (await bed.count(bed.names.queue('order'))) === 0);
    await until(async () => (await order.effects()).length > 0);
    expect(await order.effects()).toEqual([{ type: 'cart.taken-out.v1', orderId }]);
  });

  it('carries the trace of what caused an event into the reaction and on to what is said there', async () => {
    const [order, payment] = [await bed.service(), await bed.service()];
    const traces: (string | undefined)[] = [];
    const note = async () => void traces.push(currentRequest()?.traceparent);
    await bed.run('order', order, note);
    await bed.run('payment', payment, async (type, orderId) => {
      await note();
      return type === 'order.rejected.v1' ? [{ type: 'payment.refunded.v1', data: { orderId } }] : [];
    });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const request = { requestId: 'r', traceparent, statements: 0, calls: 0, deadline: undefined };
    await withRequest(request, () => order.say(rejected()));
    await until(async () => (await order.effects()).length === 1);
    expect(traces.map((trace) => trace?.slice(3, 35))).toEqual(Array(2).fill('4bf92f3577b34da6a3ce929d0e0e4736'));
  });
});
