import { Link } from 'wouter';
import { plural, shownMoment, shownMoney, shownOrderNumber } from '../parts/format.ts';
import { More } from '../parts/more.tsx';
import { StatusBadge } from '../parts/order-parts.tsx';
import { useTitle } from '../parts/title.ts';
import { Trouble } from '../parts/trouble.tsx';
import { useOrders } from '../store/queries.ts';

export function Orders() {
  useTitle('Your orders');
  const list = useOrders();
  const { data, error, refetch, hasNextPage } = list;
  const orders = data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <h1>Your orders</h1>
      {error && !orders && <Trouble of="your orders" error={error} retry={() => void refetch()} />}
      {!orders && !error && <p className="faint">Loading…</p>}
      {orders?.length === 0 && (
        <p className="empty">
          You have not ordered anything here yet. <Link href="/shop">Start shopping</Link>
        </p>
      )}
      {orders && orders.length > 0 && (
        <ol className="orders">
          {orders.map(({ id, status, total, items, createdAt }, index) => (
            <li key={id}>
              {/* In the other store it is another order: the twin view goes by its place in the list. */}
              <Link href={`/orders/${id}`} data-twin={`order ${index}`}>
                <strong>{shownOrderNumber(id)}</strong>
                <StatusBadge status={status} />
                <span className="orders-what">
                  {items[0]?.name}
                  {items.length > 1 && ` and ${plural(items.length - 1, 'more thing')}`}
                </span>
                <span className="faint">{shownMoment(createdAt)}</span>
                <span className="number">{shownMoney(total)}</span>
              </Link>
            </li>
          ))}
        </ol>
      )}
      {hasNextPage && (
        <More list={list} of="older orders">
          Older orders
        </More>
      )}
    </>
  );
}
