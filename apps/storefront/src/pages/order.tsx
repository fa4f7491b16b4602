import { useState } from 'react';
import { Dialog, DialogDismiss, DialogHeading } from '@ariakit/react';
import { useMutation } from '@tanstack/react-query';
import type { Order } from '@twinstore/contracts';
import { routes } from 'virtual:contract';
import { Link, useParams } from 'wouter';
import { REASONS, shownCountry, shownMoment, shownMoney, shownOrderNumber } from '../parts/format.ts';
import { Button } from '../parts/button.tsx';
import { besideDialogs, useHeir } from '../parts/focus.ts';
import { OrderLines, StatusBadge } from '../parts/order-parts.tsx';
import { useTitle } from '../parts/title.ts';
import { Trouble } from '../parts/trouble.tsx';
import { ask, isTrouble } from '../store/client.ts';
import { useFollowedOrder, type Line } from '../store/follow-order.ts';
import { say } from '../store/notices.ts';
import { isMissing, queryClient, useOrder } from '../store/queries.ts';
import { NotFound } from './not-found.tsx';

export function OrderPage() {
  const { id = '' } = useParams<{ id: string }>();
  const { data: order, error, refetch } = useOrder(id);
  const line = useFollowedOrder(id, order);
  useTitle(`Order ${shownOrderNumber(id)}`);
  if (isMissing(error)) return <NotFound what="You have no such order" />;
  if (error && !order) return <Trouble of="this order" error={error} retry={() => void refetch()} />;
  if (!order) return <p className="faint">Loading…</p>;
  const { name, line1, line2, city, region, postalCode, country } = order.shippingAddress;
  return (
    <article className="order">
      <p className="crumbs">
        <Link href="/orders">Your orders</Link>
      </p>
      <h1>
        Order {shownOrderNumber(id)} <StatusBadge status={order.status} />
      </h1>
      <Story order={order} line={line} />
      <OrderLines order={order} />
      <div className="order-foot">
        <section aria-labelledby="ship-to">
          <h2 id="ship-to">Ships to</h2>
          <address>
            {[name, line1, line2, [postalCode, city].join(' '), region, shownCountry(country)]
              .filter(Boolean)
              .map((part) => (
                <span key={part}>{part}</span>
              ))}
          </address>
        </section>
        <section aria-labelledby="order-times">
          <h2 id="order-times">When</h2>
          <p>
            Placed {shownMoment(order.createdAt)}
            <br />
            <span className="faint">Last changed {shownMoment(order.updatedAt)}</span>
          </p>
        </section>
        <Cancel order={order} />
      </div>
    </article>
  );
}

/** Where the order stands, in a sentence that is read out when it changes. */
function Story({ order, line }: { order: Order; line: Line }) {
  const { status, reason, total } = order;
  return (
    <div className={`story ${status}`} role="status">
      {status === 'pending' && (
        <p>
          <span className="spinner" aria-hidden="true" /> Your order is being worked on. You need not wait here: it goes
          on by itself, and this page follows it.
          {line === 'lost' && ' (The connection was lost; it is being made again.)'}
        </p>
      )}
      {status === 'paid' && <p>Thank you! {shownMoney(total)} were charged, and your things are reserved for you.</p>}
      {status === 'rejected' && reason && (
        <>
          <p>{REASONS[reason]} Your cart is as it was.</p>
          <p>
            <Link href="/checkout" className="button">
              {reason === 'out_of_stock' ? 'Change the cart and try again' : 'Try again'}
            </Link>
          </p>
        </>
      )}
      {status === 'canceled' && (
        <p>This order was canceled. The money goes back to the card, and the stock to the shelf.</p>
      )}
    </div>
  );
}

/** Asks before it cancels. The dialog outlives the button: it closes when there is nothing to cancel any more, and what has
 *  become of the order is told by the page. */
function Cancel({ order }: { order: Order }) {
  const [isAsking, setAsking] = useState(false);
  const isPaid = order.status === 'paid';
  const cancel = useMutation({
    mutationFn: () => ask(routes.cancelOrder, { params: { id: order.id } }),
    // To cancel again is to cancel once.
    retry: (failures, error) => isTrouble(error) && failures < 3,
    retryDelay: (failures) => 1_000 * 2 ** failures,
    onSuccess(canceled) {
      queryClient.setQueryData(['order', order.id], canceled);
      void queryClient.invalidateQueries({ queryKey: ['orders'] });
      say(`Order ${shownOrderNumber(order.id)} is canceled.`);
    },
    onError(error) {
      const outcome = isTrouble(error)
        ? 'It is not known whether the order was canceled.'
        : 'The order was not canceled.';
      say(`${outcome} ${error.message}.`, 'bad');
      void queryClient.invalidateQueries({ queryKey: ['order', order.id] });
      setAsking(false);
    },
  });
  return (
    <>
      {isPaid && <AskToCancel onAsk={() => setAsking(true)} />}
      <Dialog
        open={isAsking && isPaid}
        onClose={() => setAsking(false)}
        className="dialog"
        backdrop={<div className="backdrop" />}
        // Its button is gone with what it was for.
        finalFocus={isPaid ? null : document.getElementById('main')}
        getPersistentElements={besideDialogs}
        unmountOnHide
      >
        <DialogHeading>Cancel order {shownOrderNumber(order.id)}?</DialogHeading>
        <p>{shownMoney(order.total)} go back to the card. This cannot be undone.</p>
        <p className="buttons">
          <DialogDismiss>Keep it</DialogDismiss>
          <Button className="danger" isOff={cancel.isPending} onClick={() => cancel.mutate()}>
            {cancel.isPending ? 'Canceling…' : 'Cancel the order'}
          </Button>
        </p>
      </Dialog>
    </>
  );
}

function AskToCancel({ onAsk }: { onAsk: () => void }) {
  const box = useHeir<HTMLElement>();
  return (
    <section ref={box}>
      <button type="button" onClick={onAsk}>
        Cancel this order
      </button>
    </section>
  );
}
