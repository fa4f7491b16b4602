import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import { newId } from '@twinstore/platform';
import {
  describeWithPostgres,
  throwawayDatabase,
  startProvider,
  type RunningProvider,
  type ThrowawayDatabase,
} from '@twinstore/testing';
import { paymentMigrations, type Payments } from '../src/index.ts';

/** Payments over this database and this provider, as one wiring builds them. */
export type OpenPayments = (
  database: ThrowawayDatabase,
  provider: RunningProvider,
) => Promise<{ readonly payments: Payments; close(): Promise<void> }>;

/** What the port promises, against the real provider. One line for each wiring. */
export function paymentsContract(wiring: string, open: OpenPayments): void {
  describeWithPostgres(`payments ${wiring}`, () => {
    let database: ThrowawayDatabase;
    let provider: RunningProvider;
    let opened: Awaited<ReturnType<OpenPayments>>;
    const total = money(4299);
    const charge = (orderId: string, token = 'tok_visa') => opened.payments.charge(orderId, total, token);
    const entriesOf = async (orderId: string) =>
      (await provider.journal(orderId)).map(({ outcome, amount }) => [outcome, amount.amount]);

    beforeAll(async () => {
      [database, provider] = await Promise.all([throwawayDatabase([paymentMigrations]), startProvider()]);
      opened = await open(database, provider);
    });
    afterEach(() => provider.behave({}));
    afterAll(async () => {
      await opened.close();
      await Promise.all([database.close(), provider.close()]);
    });

    it('takes the money of an order once, however often asked', async () => {
      const orderId = newId();
      expect(await charge(orderId)).toBe('captured');
      expect(await charge(orderId)).toBe('captured');
      expect(await entriesOf(orderId)).toEqual([['captured', 4299]]);
    });

    it('takes the money once when ten ask at the same time', async () => {
      const orderId = newId();
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => charge(orderId)));
      expect(new Set(outcomes)).toEqual(new Set(['captured']));
      expect(await entriesOf(orderId)).toEqual([['captured', 4299]]);
    });

    it('refuses to charge another amount for an order that is known', async () => {
      const orderId = newId();
      await charge(orderId);
      await expect(opened.payments.charge(orderId, money(1), 'tok_visa')).rejects.toThrow();
      expect(await entriesOf(orderId)).toEqual([['captured', 4299]]);
    });

    it.each(['tok_declined', 'tok_insufficient_funds'])('says that %s is declined', async (token) => {
      const orderId = newId();
      expect(await charge(orderId, token)).toBe('declined');
      expect(await charge(orderId, token)).toBe('declined');
      expect(await entriesOf(orderId)).toEqual([['declined', 4299]]);
    });

    it('asks again at once when the answer is lost, and charges once', async () => {
      const orderId = newId();
      expect(await charge(orderId, 'tok_timeout')).toBe('captured');
      expect(await entriesOf(orderId)).toEqual([['captured', 4299]]);
    });

    it('does not guess when every answer is lost, and finds out later', async () => {
      const orderId = newId();
      await provider.behave({ lostAnswerRate: 1 });
      expect(await charge(orderId)).toBe('unknown');
      await provider.behave({});
      expect(await charge(orderId)).toBe('captured');
      expect(await entriesOf(orderId)).toEqual([['captured', 4299]]);
    });

    it('is refused while the provider is out of order, and charges when it is back', async () => {
      const orderId = newId();
      await provider.behave({ unavailable: true });
      expect(await charge(orderId)).toBe('refused');
      expect(await entriesOf(orderId)).toEqual([]);
      await provider.behave({});
      expect(await charge(orderId)).toBe('captured');
    });

    it('gives a refused charge up for good', async () => {
      const orderId = newId();
      expect(await charge(orderId, 'tok_unavailable')).toBe('refused');
      expect(await opened.payments.abandon(orderId)).toBe('voided');
      expect(await opened.payments.abandon(orderId)).toBe('voided');
      expect(await charge(orderId, 'tok_unavailable')).toBe('voided');
      expect(await entriesOf(orderId)).toEqual([]);
    });

    it('never charges an order that was given up before', async () => {
      const orderId = newId();
      expect(await opened.payments.abandon(orderId)).toBe('voided');
      expect(await charge(orderId)).toBe('voided');
      expect(await entriesOf(orderId)).toEqual([]);
    });

    it('says how a charge was decided that comes to be given up too late', async () => {
      const paid = newId();
      await charge(paid);
      expect(await opened.payments.abandon(paid)).toBe('captured');
      const declined = newId();
      await charge(declined, 'tok_declined');
      expect(await opened.payments.abandon(declined)).toBe('declined');
    });

    it('pays a captured charge back once, however often asked', async () => {
      const orderId = newId();
      await charge(orderId);
      const answers = await Promise.all(Array.from({ length: 5 }, () => opened.payments.refund(orderId)));
      expect(new Set([...answers, await opened.payments.refund(orderId)])).toEqual(new Set(['refunded']));
      expect(await entriesOf(orderId)).toEqual([
        ['captured', 4299],
        ['refunded', 4299],
      ]);
    });

    it.each([{ unavailable: true }, { lostAnswerRate: 1 }])(
      'does not call a charge refunded while %j, and refunds it once afterwards',
      async (trouble) => {
        const orderId = newId();
        await charge(orderId);
        await provider.behave(trouble);
        expect(await opened.payments.refund(orderId)).toBe('unknown');
        await provider.behave({});
        expect(await opened.payments.refund(orderId)).toBe('refunded');
        expect(await entriesOf(orderId)).toEqual([
          ['captured', 4299],
          ['refunded', 4299],
        ]);
      },
    );

    it('has nothing to pay back where no money was taken', async () => {
      const declined = newId();
      await charge(declined, 'tok_declined');
      expect(await opened.payments.refund(declined)).toBe('refunded');
      expect(await opened.payments.refund(newId())).toBe('refunded');
      expect(await entriesOf(declined)).toEqual([['declined', 4299]]);
    });

    it('pays back what was taken although the answer to the charge never came', async () => {
      const orderId = newId();
      await provider.behave({ lostAnswerRate: 1 });
      expect(await charge(orderId)).toBe('unknown');
      await provider.behave({});
      expect(await opened.payments.refund(orderId)).toBe('refunded');
      expect(await entriesOf(orderId)).toEqual([
        ['captured', 4299],
        ['refunded', 4299],
      ]);
    });

    it('lets no charge follow the refund of one that the provider never saw', async () => {
      const orderId = newId();
      expect(await charge(orderId, 'tok_unavailable')).toBe('refused');
      expect(await opened.payments.refund(orderId)).toBe('refunded');
      expect(await charge(orderId, 'tok_unavailable')).toBe('voided');
      expect(await entriesOf(orderId)).toEqual([]);
    });
  });
}
