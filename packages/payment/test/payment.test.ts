import { describe, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import { isSettlement, refundStep, type PaymentRecord } from '../src/domain/payment.ts';

const record = (state: PaymentRecord['state'], refunded = false): PaymentRecord => ({
  orderId: '0190b2c8-0000-7000-8000-000000000001',
  amount: money(1999),
  state,
  refunded,
});

describe('a payment', () => {
  it('is settled by an outcome that is for ever, and by no other', () => {
    expect((['captured', 'declined', 'voided'] as const).every(isSettlement)).toBe(true);
    expect(isSettlement('refused')).toBe(false);
    expect(isSettlement('unknown')).toBe(false);
  });

  it('is paid back if it was captured and has not been paid back before', () => {
    expect(refundStep(record('captured'))).toBe('pay-back');
    expect(refundStep(record('captured', true))).toBe('nothing');
  });

  it('owes nothing if no money was taken', () => {
    expect(refundStep(undefined)).toBe('nothing');
    expect(refundStep(record('declined'))).toBe('nothing');
    expect(refundStep(record('voided'))).toBe('nothing');
  });

  it('is not taken for unpaid while nobody knows how its charge ended', () => {
    expect(refundStep(record('open'))).toBe('ask-first');
  });
});
