import type { CallArguments, Cart, Order } from '@twinstore/contracts';
import { routes } from 'virtual:contract';
import { ask, isTrouble } from './client.ts';
import { forgetKey, keyFor } from './draft.ts';

type Body = NonNullable<CallArguments<typeof routes.placeOrder>['body']>;

const AGAIN_AFTER_MS = 500;
/** For so long a store in trouble is asked again by itself; then the shopper decides. */
const PATIENCE_MS = 8_000;

/** Buys what is in the cart. Asked again under the same key it is the same order. Under the key of another cart it is not:
 *  whoever buys the like again later means another order, though a first one never had its answer.
 *  @throws Refusal, NoAnswer */
export async function placeOrder(body: Body, { version }: Cart): Promise<Order> {
  const headers = { 'Idempotency-Key': keyFor({ ...body, version }) };
  const until = performance.now() + PATIENCE_MS;
  for (let wait = AGAIN_AFTER_MS; ; wait *= 2) {
    try {
      const order = await ask(routes.placeOrder, { body, headers });
      forgetKey();
      return order;
    } catch (error) {
      if (!isTrouble(error)) forgetKey();
      if (!isTrouble(error) || performance.now() + wait > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
