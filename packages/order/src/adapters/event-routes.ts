import { problem, routes } from '@twinstore/contracts';
import { bindEvents, type Binding, type EventSink } from '@twinstore/platform';
import { isDecided, type Order } from '../domain/order.ts';
import type { OrderQueries } from '../application/ports.ts';
import type { OrderWatch } from '../application/watch.ts';
import { publicOrder } from './routes.ts';

/** No order comes back to a status that it had. */
const RANK: Readonly<Record<Order['status'], number>> = { pending: 0, paid: 1, rejected: 1, canceled: 2 };

/** How orders go on, told as it happens. An order is at a status once, so that the status is the event's id. */
export const orderEventRoutes = (orders: OrderQueries, watch: OrderWatch): Binding[] => [
  bindEvents(routes.followOrder, async ({ params, headers }, call) => {
    if (call.shopper === undefined) return problem('not-found');
    let latest: Order | undefined;
    let sink: EventSink | undefined;
    const show = (order: Order) => {
      if (latest && RANK[order.status] <= RANK[latest.status]) return;
      latest = order;
      if (sink) tell(sink, order);
    };
    // Followed before it is read: what happens in between is not missed.
    const stop = watch.follow(params.id, show);
    try {
      const present = await orders.read(call.shopper, params.id);
      if (!present || (isDecided(present) && headers['last-event-id'] === present.status)) {
        stop();
        return present ? 'nothing' : problem('not-found');
      }
      show(present);
    } catch (error) {
      stop();
      throw error;
    }
    const start = (opened: EventSink) => {
      sink = opened;
      if (latest) tell(opened, latest);
    };
    return { feed: { start, stop } };
  }),
];

function tell(sink: EventSink, order: Order): void {
  sink.send({ event: 'status', id: order.status, data: publicOrder(order) });
  if (isDecided(order)) sink.end();
}
