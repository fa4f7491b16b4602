import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { RETRY_DELAYS_MS, type Announcement } from '@twinstore/contracts';
import { describeMessaging, enveloped, openBed, rejected, type Bed } from './messaging-bed.ts';
import { until } from './until.ts';

const ERROR = 50;

describeMessaging('a message in trouble', () => {
  let bed: Bed;
  beforeEach(() => {
    bed = openBed();
  });
  afterEach(() => bed.close());

  const placed: Announcement = {
    type: 'order.placed.v1',
    data: {
      orderId: randomUUID(),
      shopper: randomUUID(),
      lines: [{ sku: 'A', quantity: 1 }],
      total: { amount: 100, currency: 'USD' },
      paymentToken: 'tok_visa',
    },
  };

  it('is put with the dead letters at once when nobody could ever handle it, and the others go on', async () => {
    const payment = await bed.service();
    const broker = await bed.broker();
    await bed.run('payment', payment);
    await until(() => broker.ready);
    const parcel = (content: unknown) => ({ id: randomUUID(), content: Buffer.from(JSON.stringify(content)) });
    const event = enveloped(rejected());
    await broker.send('', bed.names.queue('payment'), { id: 'garbage', content: Buffer.from('{"tok_visa') });
    await broker.send('', bed.names.queue('payment'), parcel({ ...event, specversion: '0.3' }));
    await broker.send('', bed.names.queue('payment'), parcel({ ...event, type: 'order.rejected.v2' }));
    await broker.send('', bed.names.queue('payment'), parcel({ ...event, data: { orderId: 'tok_visa' } }));
    await broker.publish(event);
    await until(async () => (await payment.effects()).length === 1);
    await until(async () => (await bed.count(bed.names.deadLetters('payment'))) === 4);
    const channel = await bed.channel();
    const errors: unknown[] = [];
    for (let letter = 0; letter < 4; letter += 1) {
      const message = await channel.get(bed.names.deadLetters('payment'), { noAck: true });
      if (message) errors.push(message.properties.headers?.['x-error']);
    }
    expect(errors.sort()).toEqual([
      'The message has a type that payment does not know: order.rejected.v2',
      'The message has a wrong payload for its type: orderId (invalid_format), reason (invalid_value)',
      'The message is no CloudEvent of ours: specversion (invalid_value)',
      'The message is not JSON',
    ]);
    await channel.close();
  });

  it('is tried again after growing delays when its reaction fails, then put with the dead letters', async () => {
    const [order, payment] = [await bed.service(), await bed.service()];
    await bed.run('order', order);
    await bed.run('payment', payment, async (type) => {
      if (type === 'order.placed.v1') throw new Error('no such card: tok_visa');
    });
    const broker = await bed.broker();
    await until(() => broker.ready);
    const channel = await bed.channel();
    // Sees what is sent to wait.
    const waits = RETRY_DELAYS_MS.map((delay) => ({ delay, spy: `${bed.namespace}.spy.${delay}` }));
    for (const { delay, spy } of waits) {
      await channel.assertQueue(spy, { exclusive: true });
      await channel.bindQueue(spy, bed.names.retry(delay), '');
    }
    await order.say(placed, rejected());
    await until(async () => (await bed.count(bed.names.deadLetters('payment'))) > 0);
    expect(RETRY_DELAYS_MS).toEqual([...RETRY_DELAYS_MS].sort((a, b) => a - b));
    for (const [index, { spy }] of waits.entries()) {
      const copy = await channel.get(spy, { noAck: true });
      expect(copy && copy.properties.headers).toMatchObject({ 'x-attempts': index + 1 });
    }
    await until(async () => (await payment.effects()).length === 1);
    const letter = await channel.get(bed.names.deadLetters('payment'), { noAck: true });
    expect(letter && letter.properties.headers).toMatchObject({
      'x-error': 'Error: no such card: [payment token]',
      'x-attempts': 4,
      'x-failed-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(JSON.stringify(bed.lines)).not.toContain('tok_visa');
    await channel.close();
  });

  it('has no effect from a try that failed after its statements', async () => {
    const payment = await bed.service();
    const broker = await bed.broker();
    let tries = 0;
    await bed.run('payment', payment, async (_type, orderId, tx) => {
      tries += 1;
      await tx.query('insert into effects (type, order_id) values ($1, $2)', [`try ${tries}`, orderId]);
      if (tries < 3) throw new Error('not yet');
    });
    await until(() => broker.ready);
    await broker.publish(enveloped(rejected()));
    await until(async () => (await payment.effects()).length > 0);
    expect((await payment.effects()).map(({ type }) => type)).toEqual(['try 3', 'order.rejected.v1']);
  });

  it('is tried again in place when its transaction lost against another', async () => {
    const payment = await bed.service();
    const broker = await bed.broker();
    let tries = 0;
    await bed.run('payment', payment, async (_type, _orderId, tx) => {
      tries += 1;
      if (tries < 4) await tx.query(`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`);
    });
    await until(() => broker.ready);
    await broker.publish(enveloped(rejected()));
    await until(async () => (await payment.effects()).length === 1);
    expect(tries).toBe(4);
    expect(bed.lines.filter(({ msg }) => msg.includes('will be tried again'))).toEqual([]);
  });

  it('waits in its queue while the database is away', async () => {
    const payment = await bed.service();
    const broker = await bed.broker();
    await bed.run('payment', payment);
    await until(() => broker.ready);
    const admin = new pg.Client({ connectionString: process.env['TEST_POSTGRES_URL'] });
    await admin.connect();
    const name = new URL(payment.url).pathname.slice(1);
    await admin.query(`alter database ${name} allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    await Promise.all(Array.from({ length: 40 }, () => broker.publish(enveloped(rejected()))));
    await until(async () => (await bed.count(bed.names.queue('payment'))) === 40);
    // Longer than all retries together: were they counted, the messages would be dead letters now.
    await sleep(RETRY_DELAYS_MS.reduce((sum, delay) => sum + delay, 1000));
    expect(await bed.count(bed.names.queue('payment'))).toBe(40);
    await admin.query(`alter database ${name} allow_connections true`);
    await admin.end();
    await until(async () => (await payment.effects()).length === 40);
    expect(await bed.count(bed.names.deadLetters('payment'))).toBe(0);
    const said = bed.lines.map(({ msg }) => msg);
    expect(said.filter((msg) => msg.startsWith('not able to handle events'))).toHaveLength(1);
  });

  it('stays in the outbox and is reported while no queue takes it, and the others go on', async () => {
    const [order, payment] = [await bed.service(), await bed.service()];
    await bed.run('order', order);
    await bed.run('payment', payment);
    const channel = await bed.channel();
    await until(() => bed.lines.filter(({ msg }) => msg === 'connected to RabbitMQ').length === 4);
    await order.say(rejected());
    await until(async () => (await payment.effects()).length === 1);
    await channel.unbindQueue(bed.names.queue('cart'), bed.names.events, 'order.paid.v1');
    await channel.unbindQueue(bed.names.queue('product'), bed.names.events, 'order.paid.v1');
    const paid: Announcement = {
      type: 'order.paid.v1',
      data: { orderId: randomUUID(), shopper: randomUUID(), lines: [{ sku: 'A', quantity: 1 }] },
    };
    await order.say(paid, rejected());
    await until(async () => (await payment.effects()).length === 2);
    await until(async () => (await order.unsaid()) === 1);
    await until(() => bed.lines.some(({ level, msg }) => level === ERROR && msg === 'not published'));
    await channel.bindQueue(bed.names.queue('cart'), bed.names.events, 'order.paid.v1');
    await until(async () => (await order.unsaid()) === 0);
    expect(await bed.count(bed.names.queue('cart'))).toBe(1);
    await channel.close();
  });

  it('is finished before the consumer closes, and those not begun are left to others', async () => {
    const payment = await bed.service();
    const broker = await bed.broker();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const messaging = await bed.run('payment', payment, async () => {
      begin();
      await sleep(500);
    });
    await until(() => broker.ready);
    await Promise.all(Array.from({ length: 50 }, () => broker.publish(enveloped(rejected()))));
    await begun;
    await messaging.close();
    const finished = (await payment.effects()).length;
    expect(finished).toBeGreaterThan(0);
    expect(finished).toBeLessThan(50);
    await until(async () => (await bed.count(bed.names.queue('payment'))) === 50 - finished);
  });
});
