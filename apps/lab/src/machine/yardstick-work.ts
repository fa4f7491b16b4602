import { createHash } from 'node:crypto';
import { median } from '../analysis/statistics.ts';

/**
 * The fixed piece of work of `yardstick.ts`: what a store does besides waiting, that is JSON, text, maps, a digest and
 * garbage. Prints the CPU time of a round in ms, the median of those after the ones in which it is compiled.
 */
const ROUNDS = { notCounted: 4, counted: 9 };
const ORDERS_PER_ROUND = 1500;

const order = {
  id: '0199d0c4-7d1e-7000-8000-000000000000',
  lines: Array.from({ length: 8 }, (_, index) => ({
    sku: `SKU-${index}`,
    name: `Product number ${index}`,
    unitPrice: { amount: 1999 + index, currency: 'EUR' },
    quantity: 1 + (index % 3),
  })),
};

function round(): number {
  const { user, system } = process.cpuUsage();
  const totals = new Map<string, number>();
  let text = '';
  for (let number = 0; number < ORDERS_PER_ROUND; number += 1) {
    text = JSON.stringify({ ...order, number });
    const { lines } = JSON.parse(text) as typeof order;
    for (const { sku, quantity, unitPrice } of lines)
      totals.set(sku, (totals.get(sku) ?? 0) + quantity * unitPrice.amount);
    createHash('sha256').update(text).digest('hex');
  }
  const spent = process.cpuUsage({ user, system });
  return (spent.user + spent.system) / 1000;
}

const all = Array.from({ length: ROUNDS.notCounted + ROUNDS.counted }, round);
process.stdout.write(String(median(all.slice(ROUNDS.notCounted))));
