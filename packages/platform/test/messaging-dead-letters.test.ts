import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Announcement } from '@twinstore/contracts';
import { deadLetters, readSettings, Refusal } from '@twinstore/local';
import { describeMessaging, enveloped, openBed, rejected, type Bed } from './messaging-bed.ts';
import { until } from './until.ts';

const placed = (): Announcement => ({
  type: 'order.placed.v1',
  data: {
    orderId: randomUUID(),
    shopper: randomUUID(),
    lines: [{ sku: 'A', quantity: 1 }],
    total: { amount: 100, currency: 'USD' },
    paymentToken: 'tok_visa',
  },
});

describeMessaging('npm run dead-letters', () => {
  let bed: Bed;
  beforeEach(() => {
    bed = openBed();
  });
  afterEach(() => bed.close());

  /** @returns the exit code, and what it said */
  const run = async (...args: string[]): Promise<{ code: number; said: string }> => {
    const lines: string[] = [];
    const settings = readSettings({ RABBITMQ_URL: bed.url, MESSAGE_NAMESPACE: bed.namespace });
    try {
      const code = await deadLetters(args, { say: (line) => void lines.push(line) }, settings);
      return { code, said: lines.join('\n') };
    } catch (error) {
      if (error instanceof Refusal) return { code: 1, said: error.message };
      throw error;
    }
  };

  it('lists, shows, replays and discards what a service could not handle, and never a payment token', async () => {
    const payment = await bed.service();
    let mended = false;
    await bed.run('payment', payment, async (type) => {
      if (!mended) throw new Error(`the reaction is broken${type === 'order.placed.v1' ? ' by tok_visa' : ''}`);
    });
    const broker = await bed.broker();
    await until(() => broker.ready);
    const sent = [placed(), placed(), rejected()].map((said) => enveloped(said));
    for (const event of sent) await broker.publish(event);
    await broker.send('', bed.names.queue('payment'), { id: 'garbage', content: Buffer.from('{ tok_visa') });
    await until(async () => (await bed.count(bed.names.deadLetters('payment'))) === 4);

    const listed = await run('list');
    expect(listed).toMatchObject({ code: 0, said: expect.stringMatching(/payment +4 +0(\n|$)/) });

    // Looking takes nothing away, however often.
    for (let look = 0; look < 3; look += 1) await run('show', 'payment');
    const shown = await run('show', 'payment');
    expect(shown.said.trim().split('\n')).toHaveLength(5);
    for (const { id, type, subject } of sent) {
      expect(shown.said).toMatch(new RegExp(`${id} +${type} +${subject} +4 +20\\S+Z +Error: the reaction is broken`));
    }
    expect(shown.said).toMatch(/garbage +- +- +1 +\S+ +The message is not JSON/);
    expect((await run('show', 'payment', '--limit', '1')).said.trim().split('\n')).toHaveLength(2);

    mended = true;
    const [first, second, third] = sent.map(({ id }) => id) as [string, string, string];
    const one = await run('replay', 'payment', second);
    expect(one).toMatchObject({ code: 0, said: expect.stringContaining('Put back in the queue of payment: 1.') });
    await until(async () => (await payment.effects()).length === 1);
    expect(await payment.effects()).toEqual([{ type: 'order.placed.v1', orderId: sent[1]?.subject }]);
    expect(await run('replay', 'payment', second)).toMatchObject({ code: 1, said: expect.stringContaining(second) });

    const gone = await run('discard', 'payment', 'garbage');
    expect(gone).toMatchObject({ code: 0, said: expect.stringMatching(/Deleted .*: 1\.\n.*\n.*garbage/) });
    const rest = await run('replay', 'payment');
    expect(rest.said).toContain(first);
    expect(rest.said).toContain(third);
    await until(async () => (await payment.effects()).length === 3);
    expect(await bed.count(bed.names.deadLetters('payment'))).toBe(0);
    expect((await run('discard', 'payment', '--all')).said).toContain('Deleted from the dead letters of payment: 0.');
    for (const { said } of [listed, shown, one, gone, rest]) expect(said).not.toContain('tok_visa');
  });

  it.each([
    { args: [] },
    { args: ['list', 'payment'] },
    { args: ['show'] },
    { args: ['show', 'nobody'] },
    { args: ['show', 'payment', '--limit'] },
    { args: ['show', 'payment', '--limit', '0'] },
    { args: ['replay', 'payment', '--all'] },
    { args: ['discard', 'payment'] },
  ])('says how it is used on $args', async ({ args }) => {
    expect(await run(...args)).toEqual({ code: 1, said: expect.stringMatching(/^Usage: npm run dead-letters .*\.$/) });
  });

  it('says so where no store has run', async () => {
    expect(await run('list')).toEqual({
      code: 1,
      said: expect.stringMatching(
        /^RabbitMQ has no queue \S+: has no store run here yet, or is MESSAGE_NAMESPACE another\?$/,
      ),
    });
  });
});
