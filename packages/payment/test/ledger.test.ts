import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import { inTransaction, newId } from '@twinstore/platform';
import { describeWithPostgres, throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';
import { paymentMigrations, postgresLedger } from '../src/index.ts';

describeWithPostgres('the payment ledger in PostgreSQL', () => {
  let database: ThrowawayDatabase;
  const ledger = () => postgresLedger(database.db);

  beforeAll(async () => {
    database = await throwawayDatabase([paymentMigrations]);
  });
  afterAll(() => database.close());

  it('opens a record once and answers the known one from then on', async () => {
    const orderId = newId();
    const opened = { orderId, amount: money(1999), state: 'open', refunded: false };
    expect(await ledger().open(orderId, money(1999))).toEqual(opened);
    expect(await ledger().open(orderId, money(5))).toEqual(opened);
    await ledger().settle(orderId, 'captured');
    expect(await ledger().open(orderId, money(1999))).toEqual({ ...opened, state: 'captured' });
  });

  it('opens one record for twenty at once, and answers each of them', async () => {
    const orderId = newId();
    const records = await Promise.all(Array.from({ length: 20 }, () => ledger().open(orderId, money(700))));
    expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(1);
  });

  it('finds nothing of an order that nobody charged', async () => {
    expect(await ledger().find(newId())).toBeUndefined();
  });

  it('keeps the first settlement', async () => {
    const orderId = newId();
    await ledger().open(orderId, money(1));
    await ledger().settle(orderId, 'voided');
    await ledger().settle(orderId, 'captured');
    expect((await ledger().find(orderId))?.state).toBe('voided');
  });

  it('leaves no record of an order that was given up before any charge', async () => {
    const orderId = newId();
    await ledger().settle(orderId, 'voided');
    expect(await ledger().find(orderId)).toBeUndefined();
  });

  it('marks a captured charge as refunded, however often asked', async () => {
    const orderId = newId();
    await ledger().open(orderId, money(1));
    await ledger().settle(orderId, 'captured');
    await ledger().markRefunded(orderId);
    await ledger().markRefunded(orderId);
    expect(await ledger().find(orderId)).toMatchObject({ state: 'captured', refunded: true });
  });

  it.each(['open', 'declined', 'voided'] as const)('refuses to call a charge refunded that is %s', async (state) => {
    const orderId = newId();
    await ledger().open(orderId, money(1));
    if (state !== 'open') await ledger().settle(orderId, state);
    await expect(ledger().markRefunded(orderId)).rejects.toThrow('refunded_only_when_captured');
  });

  it('refuses to call a charge refunded that never was', async () => {
    await expect(ledger().markRefunded(newId())).rejects.toThrow('no charge of order');
  });

  it('refuses an amount below zero', async () => {
    await expect(ledger().open(newId(), money(-1))).rejects.toThrow('charges_amount_check');
  });

  it('takes part in the transaction it is given', async () => {
    const orderId = newId();
    const undone = inTransaction(database.db, async (tx) => {
      await postgresLedger(tx).open(orderId, money(1));
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await ledger().find(orderId)).toBeUndefined();
  });
});
