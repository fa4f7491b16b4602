import { money } from '@twinstore/kernel';
import type { Address, Order, OrderLine, RejectionReason } from '../domain/order.ts';

/** What every statement that answers an order selects, from a table or query called `o`. */
export const COLUMNS =
  'o.id, o.status, o.reason, o.lines, o.total_amount, o.shipping_address, o.created_at, o.updated_at';

export interface OrderRow {
  id: string;
  status: Order['status'];
  reason: RejectionReason | null;
  lines: OrderLine[];
  total_amount: number;
  shipping_address: Address;
  created_at: Date;
  updated_at: Date;
}

export const toOrder = (row: OrderRow): Order => ({
  id: row.id,
  status: row.status,
  ...(row.reason === null ? {} : { reason: row.reason }),
  items: row.lines,
  total: money(row.total_amount),
  shippingAddress: row.shipping_address,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});
