import type { Order } from '@twinstore/contracts';
import { Link } from 'wouter';
import { shownMoney } from './format.ts';

const WORDS: Record<Order['status'], string> = {
  pending: 'In progress',
  paid: 'Paid',
  rejected: 'Not placed',
  canceled: 'Canceled',
};

export function StatusBadge({ status }: { status: Order['status'] }) {
  return <span className={`status ${status}`}>{WORDS[status]}</span>;
}

export function OrderLines({ order }: { order: Order }) {
  return (
    <table className="order-lines">
      <caption className="unseen">What was ordered</caption>
      <thead>
        <tr>
          <th scope="col">Product</th>
          <th scope="col" className="number each">
            Each
          </th>
          <th scope="col" className="number">
            Quantity
          </th>
          <th scope="col" className="number">
            Total
          </th>
        </tr>
      </thead>
      <tbody>
        {order.items.map(({ sku, name, unitPrice, quantity, lineTotal }) => (
          <tr key={sku}>
            <th scope="row">
              <Link href={`/products/${encodeURIComponent(sku)}`}>{name}</Link>
            </th>
            <td className="number each">{shownMoney(unitPrice)}</td>
            <td className="number">{quantity}</td>
            <td className="number">{shownMoney(lineTotal)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Total</th>
          <td className="each" />
          <td />
          <td className="number">
            <strong>{shownMoney(order.total)}</strong>
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
