import { useEffect, useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import type { Cart, Order, Problem } from '@twinstore/contracts';
import { Link, useLocation } from 'wouter';
import { AddressFields } from '../parts/address-fields.tsx';
import { Button } from '../parts/button.tsx';
import { CardChoice } from '../parts/card-choice.tsx';
import { CartLine } from '../parts/cart-line.tsx';
import { useHeir } from '../parts/focus.ts';
import { plural, REASONS, shownMoney, shownOrderNumber } from '../parts/format.ts';
import { useTitle } from '../parts/title.ts';
import { Trouble } from '../parts/trouble.tsx';
import { cartAfter, cartMayHaveChanged, useCart, useIsCartChanging } from '../store/cart.ts';
import { Refusal } from '../store/client.ts';
import { EMPTY_DRAFT, forgetKey, isUnanswered, keepDraft, readDraft, type Draft } from '../store/draft.ts';
import { placeOrder } from '../store/place-order.ts';
import { queryClient } from '../store/queries.ts';

export function Checkout() {
  useTitle('Checkout');
  const { data: cart, error, refetch } = useCart();
  // What is being bought leaves the cart while its order is on its way here.
  const [isPaying, setPaying] = useState(false);
  if (error && !cart) return <Trouble of="your cart" error={error} retry={() => void refetch()} />;
  if (!cart) return <p className="faint">Loading…</p>;
  if (cart.items.length === 0 && !isPaying) return <Nothing />;
  return <Form cart={cart} onPaying={setPaying} />;
}

const Nothing = () => (
  <div className="empty">
    <h1>Your cart is empty</h1>
    {isUnanswered() ? (
      <p>
        The last order from here has had no answer. If it was not you who emptied the cart, the order was probably
        placed: look at{' '}
        <Link href="/orders" onClick={forgetKey}>
          your orders
        </Link>
        .
      </p>
    ) : (
      <p>
        <Link href="/shop">Find something to buy</Link>, or look at <Link href="/orders">your orders</Link>.
      </p>
    )}
  </div>
);

interface Setback {
  readonly text: string;
  readonly order?: Order;
}

function Form({ cart, onPaying }: { cart: Cart; onPaying: (isPaying: boolean) => void }) {
  const [, navigate] = useLocation();
  const [setback, setSetback] = useState<Setback>();
  const page = useHeir<HTMLDivElement>();
  const alert = useRef<HTMLDivElement>(null);
  const isCartChanging = useIsCartChanging();
  const form = useForm<Draft>({ defaultValues: readDraft() });
  const { handleSubmit, setError, getValues, formState, register } = form;
  useEffect(() => alert.current?.focus(), [setback]);
  const tell = (next: Setback) => {
    setSetback(next);
    onPaying(false);
  };

  const buy = async ({ shippingAddress, paymentToken }: Draft) => {
    setSetback(undefined);
    onPaying(true);
    const body = {
      paymentToken,
      shippingAddress: withoutBlanks(shippingAddress) as Order['shippingAddress'],
      expectedTotal: cart.subtotal,
    };
    try {
      const order = await placeOrder(body, cart);
      cartAfter(order);
      queryClient.setQueryData(['order', order.id], order);
      void queryClient.invalidateQueries({ queryKey: ['orders'] });
      if (order.status === 'rejected') return tell({ text: REASONS[order.reason ?? 'payment_declined'], order });
      keepDraft({ ...EMPTY_DRAFT, shippingAddress });
      navigate(`/orders/${order.id}`);
    } catch (error) {
      // It is about what is in the cart, or on its way out of it.
      if (error instanceof Refusal && error.problem.status === 409) cartMayHaveChanged();
      for (const fault of faultsOf(error)) setError(fault.field, { message: fault.detail });
      tell({ text: explained(error) });
    }
  };

  return (
    <div ref={page} className="checkout">
      <h1>Checkout</h1>
      {setback && (
        <div ref={alert} className="note bad" role="alert" tabIndex={-1}>
          <p>
            <strong>{setback.text}</strong> Nothing you typed is lost
            {setback.order ? ', and your cart is as it was' : ''}.
          </p>
          {setback.order && (
            <p>
              Try another card or change the cart.{' '}
              <Link href={`/orders/${setback.order.id}`}>
                What became of order {shownOrderNumber(setback.order.id)}
              </Link>
            </p>
          )}
        </div>
      )}
      <form noValidate onSubmit={(event) => void handleSubmit(buy)(event)} onChange={() => keepDraft(getValues())}>
        <fieldset>
          <legend>Where to</legend>
          <AddressFields form={form} />
        </fieldset>
        <CardChoice register={register} />
        {/* What is paid is what the store has: not a total that is still on its way there. */}
        <Button type="submit" className="primary wide" isOff={formState.isSubmitting || isCartChanging}>
          {formState.isSubmitting ? 'Placing your order…' : `Pay ${shownMoney(cart.subtotal)}`}
        </Button>
      </form>
      <aside aria-label="Your cart">
        <h2>{plural(cart.count, 'item')}</h2>
        <ul className="lines">
          {cart.items.map((line) => (
            <CartLine key={line.sku} line={line} />
          ))}
        </ul>
        <p className="total">
          <span>Total</span>
          <strong>{shownMoney(cart.subtotal)}</strong>
        </p>
      </aside>
    </div>
  );
}

const withoutBlanks = (address: Draft['shippingAddress']) =>
  Object.fromEntries(
    Object.entries(address)
      .map(([name, value]) => [name, value.trim()])
      .filter(([, value]) => value !== ''),
  );

type Field = `shippingAddress.${keyof Draft['shippingAddress']}`;

/** Which fields the store found fault with. */
function faultsOf(error: unknown): { field: Field; detail: string }[] {
  const errors: Problem['errors'] = error instanceof Refusal ? error.problem.errors : undefined;
  return (errors ?? []).flatMap(({ pointer, detail }) => {
    const name = /^#\/shippingAddress\/(\w+)$/.exec(pointer ?? '')?.[1];
    return name === undefined ? [] : [{ field: `shippingAddress.${name}` as Field, detail }];
  });
}

function explained(error: unknown): string {
  if (error instanceof Refusal) {
    const { code } = error;
    if (code === 'price-changed') return 'A price has changed. The cart shows the new total: look again, then pay.';
    if (code === 'checkout-in-progress')
      return 'Another checkout of yours is still under way. Look at your orders, or wait a moment.';
    if (code === 'cart-empty') return 'The cart is empty by now, perhaps by another tab.';
    if (code === 'validation') return 'Please mend what is marked below.';
    if (error.problem.status < 500) return `${error.message}.`;
  }
  return 'The store did not answer, so it is not known yet whether the order was placed. Pay again: it is the same order, and it is charged once.';
}
