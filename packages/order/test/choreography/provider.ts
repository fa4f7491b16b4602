import { sameMoney, type Money } from '@twinstore/kernel';
import type { PaymentProvider, Settlement } from '@twinstore/payment';

export interface ProviderState {
  /** By order: how the key of its charge was settled. */
  settlements: Map<string, Settlement>;
  captured: Map<string, Money>;
  refunded: Map<string, Money>;
}

export const openedProvider = (): ProviderState => ({
  settlements: new Map(),
  captured: new Map(),
  refunded: new Map(),
});

/** A card processor in memory, whose answers all arrive. `onCapture` is told before money is taken. */
export const modelProvider = (state: ProviderState, onCapture: (orderId: string) => void): PaymentProvider => ({
  async charge(orderId, amount, token) {
    const known = state.settlements.get(orderId);
    if (known) return known;
    if (token === 'tok_unavailable') return 'refused';
    const settlement = token === 'tok_declined' ? 'declined' : 'captured';
    if (settlement === 'captured') {
      onCapture(orderId);
      state.captured.set(orderId, amount);
    }
    state.settlements.set(orderId, settlement);
    return settlement;
  },

  async void(orderId) {
    const settlement = state.settlements.get(orderId) ?? 'voided';
    state.settlements.set(orderId, settlement);
    return settlement;
  },

  async refund(orderId, amount) {
    const captured = state.captured.get(orderId);
    if (!captured || !sameMoney(captured, amount)) throw new Error(`no such charge of order ${orderId}`);
    state.refunded.set(orderId, amount);
    return 'refunded';
  },
});
