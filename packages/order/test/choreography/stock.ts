import { err, ok } from '@twinstore/kernel';
import type { Quote, Quotes, Stock, StockLine } from '@twinstore/product';
import { money } from '@twinstore/kernel';

export interface Shelf {
  received: number;
  onHand: number;
  reserved: number;
  sold: number;
  returned: number;
}

export interface Reservation {
  state: 'reserved' | 'committed' | 'released' | 'returned' | 'refused';
  readonly lines: readonly StockLine[];
  readonly short: readonly string[];
}

export interface StockState {
  shelves: Map<string, Shelf>;
  reservations: Map<string, Reservation>;
}

export const emptyStock = (units: Readonly<Record<string, number>>): StockState => ({
  shelves: new Map(
    Object.entries(units).map(([sku, received]) => [
      sku,
      { received, onHand: received, reserved: 0, sold: 0, returned: 0 },
    ]),
  ),
  reservations: new Map(),
});

/** What the product service keeps of stock, in memory. */
export function modelStock(state: StockState): Stock {
  const move = (lines: readonly StockLine[], change: (shelf: Shelf, quantity: number) => void) => {
    for (const { sku, quantity } of lines) change(state.shelves.get(sku) as Shelf, quantity);
  };

  return {
    async reserve(orderId, lines) {
      const known = state.reservations.get(orderId);
      if (known) return known.state === 'refused' ? err({ code: 'out-of-stock', skus: known.short }) : ok(null);
      const short = lines
        .filter(({ sku, quantity }) => (state.shelves.get(sku)?.onHand ?? 0) < quantity)
        .map(({ sku }) => sku)
        .sort();
      if (short.length > 0) {
        state.reservations.set(orderId, { state: 'refused', lines, short });
        return err({ code: 'out-of-stock', skus: short });
      }
      move(lines, (shelf, quantity) => {
        shelf.onHand -= quantity;
        shelf.reserved += quantity;
      });
      state.reservations.set(orderId, { state: 'reserved', lines, short });
      return ok(null);
    },

    async commit(orderId) {
      const known = state.reservations.get(orderId);
      if (!known || known.state === 'refused') throw new Error(`nothing can be committed for ${orderId}`);
      if (known.state !== 'reserved') return;
      known.state = 'committed';
      move(known.lines, (shelf, quantity) => {
        shelf.reserved -= quantity;
        shelf.sold += quantity;
      });
    },

    async giveBack(orderId) {
      const known = state.reservations.get(orderId);
      if (!known) state.reservations.set(orderId, { state: 'refused', lines: [], short: [] });
      else if (known.state === 'reserved') {
        known.state = 'released';
        move(known.lines, (shelf, quantity) => {
          shelf.onHand += quantity;
          shelf.reserved -= quantity;
        });
      } else if (known.state === 'committed') {
        known.state = 'returned';
        move(known.lines, (shelf, quantity) => {
          shelf.onHand += quantity;
          shelf.returned += quantity;
        });
      }
    },
  };
}

/** Everything costs the same number of cents; what is on no shelf is in no catalog. */
export const modelQuotes = (state: StockState, cents: number): Quotes => ({
  quote: async (skus) =>
    skus.flatMap((sku): Quote[] => {
      const shelf = state.shelves.get(sku);
      return shelf ? [{ sku, name: sku, price: money(cents), available: shelf.onHand }] : [];
    }),
});
