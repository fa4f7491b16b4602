import { sameMoney } from '@twinstore/kernel';
import { isSettlement, refundStep } from '../domain/payment.ts';
import type { PaymentLedger, PaymentProvider, Payments, Settlement } from './ports.ts';

/**
 * Money for orders, from a ledger and a provider. The ledger is written before the provider is asked and again after it
 * answered, each time by a statement of its own: no transaction waits for the network, and a crash in between leaves an
 * `open` record, which says "ask again".
 */
export function payments(ledger: PaymentLedger, provider: PaymentProvider): Payments {
  async function abandon(orderId: string): Promise<Settlement | 'unknown'> {
    const settlement = await provider.void(orderId);
    if (settlement !== 'unknown') await ledger.settle(orderId, settlement);
    return settlement;
  }

  return {
    async charge(orderId, amount, token) {
      const record = await ledger.open(orderId, amount);
      if (!sameMoney(record.amount, amount))
        throw new Error(`order ${orderId} is about ${record.amount.amount} cents, not ${amount.amount}`);
      if (record.state !== 'open') return record.state;
      const outcome = await provider.charge(orderId, amount, token);
      if (isSettlement(outcome)) await ledger.settle(orderId, outcome);
      return outcome;
    },

    abandon,

    async refund(orderId) {
      const record = await ledger.find(orderId);
      const step = refundStep(record);
      if (record === undefined || step === 'nothing') return 'refunded';
      if (step === 'ask-first') {
        const settlement = await abandon(orderId);
        if (settlement === 'unknown') return 'unknown';
        if (settlement !== 'captured') return 'refunded';
      }
      const answer = await provider.refund(orderId, record.amount);
      if (answer === 'refunded') await ledger.markRefunded(orderId);
      return answer;
    },
  };
}
