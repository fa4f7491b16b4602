import { expect, it } from '@jest/globals';
import type { JournalEntry } from '@twinstore/contracts';
import { newId } from '@twinstore/platform';
import { describeProvider, order } from './bench.ts';

describeProvider('the journal', ({ charge, refund, void: voidCharge, journal, outcomesOf }) => {
  it('tells an entry of an order with all its members', async () => {
    const request = order('tok_visa', 123);
    await charge(request);
    await refund(request);
    const answer = await journal({ orderId: request.orderId });
    const { orderId } = request;
    const amount = { amount: 123, currency: 'USD' };
    const common = { id: expect.any(String), orderId, amount, at: expect.stringMatching(/^\d{4}-.*Z$/) };
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.ok && answer.body).toEqual({
      items: [
        { ...common, key: request.key, kind: 'charge', outcome: 'captured' },
        { ...common, key: `refund-${orderId}`, kind: 'refund', outcome: 'refunded' },
      ],
      nextCursor: null,
    });
  });

  it('tells every entry once, oldest first, in pages of 200', async () => {
    const requests = Array.from({ length: 450 }, () => order());
    for (let from = 0; from < requests.length; from += 50)
      await Promise.all(requests.slice(from, from + 50).map(charge));
    await Promise.all(requests.slice(0, 50).map((request) => refund(request)));

    const pages: JournalEntry[][] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const answer = await journal(cursor === undefined ? {} : { cursor });
      if (!answer.ok) throw new Error(answer.problem.title);
      pages.push([...answer.body.items]);
      cursor = answer.body.nextCursor;
    }
    const entries = pages.flat();
    expect(pages.slice(0, -1).map((page) => page.length)).toEqual(pages.slice(0, -1).map(() => 200));
    const ids = entries.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual([...ids].sort());
    const times = entries.map(({ at }) => at);
    expect(times).toEqual([...times].sort());
    const keys = new Set(entries.map(({ key }) => key));
    expect(requests.filter(({ key }) => !keys.has(key))).toEqual([]);
    expect(entries.filter(({ kind }) => kind === 'refund').length).toBeGreaterThanOrEqual(50);
  });

  it('says nothing of voids', async () => {
    const request = order();
    await voidCharge(request.key);
    expect(await outcomesOf(request.orderId)).toEqual([]);
  });

  it('is empty for an order that nobody charged', async () => {
    expect(await journal({ orderId: newId() })).toMatchObject({ status: 200, body: { items: [], nextCursor: null } });
  });

  it.each(['orderId', 'cursor'])('refuses a malformed %s', async (parameter) => {
    for (const value of ['nonsense', '', "'; drop table provider.charges --"]) {
      expect(await journal({ [parameter]: value })).toMatchObject({
        status: 400,
        problem: { type: '/problems/validation', errors: [{ parameter, detail: expect.stringContaining('must be') }] },
      });
    }
  });
});
