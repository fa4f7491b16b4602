import { expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import { describeProvider, order } from './bench.ts';

describeProvider('a charge', ({ charge, void: voidCharge, refund, outcomesOf }) => {
  it('is captured for a good card', async () => {
    const request = order();
    expect(await charge(request)).toMatchObject({ status: 200, body: { key: request.key, outcome: 'captured' } });
  });

  it.each([
    ['tok_declined', 'card_declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
  ] as const)('is declined for %s, with the reason', async (token, reason) => {
    const request = order(token);
    expect(await charge(request)).toMatchObject({ status: 200, body: { outcome: 'declined', reason } });
    expect(await outcomesOf(request.orderId)).toEqual(['declined']);
  });

  it('is captured once when twenty ask by one key at the same time', async () => {
    const request = order();
    const answers = await Promise.all(Array.from({ length: 20 }, () => charge(request)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.ok && answer.body))).size).toBe(1);
    expect(await outcomesOf(request.orderId)).toEqual(['captured']);
  });

  it('is refused under a key that came before with something else', async () => {
    const request = order();
    await charge(request);
    const others = [
      { ...request, amount: money(1) },
      { ...request, token: 'tok_declined' as const },
      { ...request, orderId: order().orderId },
    ];
    for (const other of others) {
      expect(await charge(other)).toMatchObject({
        status: 422,
        problem: { type: '/problems/idempotency-key-reused', status: 422 },
      });
    }
    expect(await outcomesOf(request.orderId)).toEqual(['captured']);
  });

  it('is refused with a card that nobody knows, and without leaving a trace', async () => {
    const request = order();
    expect(await charge({ ...request, token: 'tok_stolen' as 'tok_visa', amount: money(-1) })).toMatchObject({
      status: 400,
      problem: { errors: [{ pointer: '#/amount/amount' }, { pointer: '#/token' }] },
    });
    expect(await charge(request)).toMatchObject({ body: { outcome: 'captured' } });
  });

  it('loses its first answer with tok_timeout, and is captured when asked again', async () => {
    const request = order('tok_timeout');
    const started = performance.now();
    await expect(charge(request)).rejects.toThrow();
    expect(performance.now() - started).toBeGreaterThan(450);
    expect(await outcomesOf(request.orderId)).toEqual(['captured']);
    expect(await charge(request)).toMatchObject({ status: 200, body: { outcome: 'captured' } });
    expect(await outcomesOf(request.orderId)).toEqual(['captured']);
  });

  it('is refused for certain with tok_unavailable, and can still be voided', async () => {
    const request = order('tok_unavailable');
    for (let time = 0; time < 2; time += 1) {
      expect(await charge(request)).toMatchObject({
        status: 503,
        problem: { type: '/problems/provider-refused', status: 503 },
      });
    }
    expect(await voidCharge(request.key)).toMatchObject({ status: 200, body: { outcome: 'voided' } });
    expect(await charge(request)).toMatchObject({ status: 200, body: { outcome: 'voided' } });
    expect(await outcomesOf(request.orderId)).toEqual([]);
  });

  it('cannot come any more once its key is voided', async () => {
    const request = order();
    expect(await voidCharge(request.key)).toMatchObject({ body: { outcome: 'voided' } });
    expect(await charge(request)).toMatchObject({ body: { outcome: 'voided' } });
    expect(await voidCharge(request.key)).toMatchObject({ body: { outcome: 'voided' } });
    expect(await outcomesOf(request.orderId)).toEqual([]);
  });

  it('stays captured when it is voided too late', async () => {
    const request = order();
    await charge(request);
    expect(await voidCharge(request.key)).toMatchObject({ body: { outcome: 'captured' } });
  });

  it('ends one way for everybody when it races with a void', async () => {
    for (let round = 0; round < 20; round += 1) {
      const request = order();
      const answers = await Promise.all([charge(request), voidCharge(request.key), charge(request)]);
      const outcomes = new Set(answers.map((answer) => answer.ok && answer.body.outcome));
      expect(outcomes.size).toBe(1);
      expect(await outcomesOf(request.orderId)).toEqual(outcomes.has('captured') ? ['captured'] : []);
    }
  });

  it('is paid back once when ten ask at the same time', async () => {
    const request = order();
    await charge(request);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refund(request)));
    expect(new Set(answers.map((answer) => answer.ok && answer.body.outcome))).toEqual(new Set(['refunded']));
    expect(await outcomesOf(request.orderId)).toEqual(['captured', 'refunded']);
  });

  it('is not paid back a second time under another key', async () => {
    const request = order();
    await charge(request);
    await refund(request);
    expect(await refund(request, { key: 'another' })).toMatchObject({
      status: 409,
      problem: { type: '/problems/refund-refused' },
    });
  });

  it('is not paid back in another amount', async () => {
    const request = order();
    await charge(request);
    expect(await refund(request, { amount: 2000 })).toMatchObject({ status: 409 });
    await refund(request);
    expect(await refund(request, { amount: 2000 })).toMatchObject({ status: 422 });
  });

  it('is not paid back where nothing was captured', async () => {
    const declined = order('tok_declined');
    await charge(declined);
    const voided = order();
    await voidCharge(voided.key);
    for (const request of [declined, voided, order()]) expect(await refund(request)).toMatchObject({ status: 409 });
  });
});
