import type { DrivenBy } from '../../src/application/ports.ts';
import { claimOverdue } from './book.ts';
import { putIntoCart } from './carts.ts';
import { quiet } from './gates.ts';
import type { World } from './world.ts';

/** A shopper puts something into the cart. */
export const fill = (world: World, shopper: string, sku: string, quantity: number): void => {
  world.trace.push(`shopper ${shopper.slice(-1)} wants ${quantity} of ${sku}`);
  putIntoCart(world.state.cart, shopper, sku, quantity);
  world.wanted.set(`${shopper}/${sku}`, (world.wanted.get(`${shopper}/${sku}`) ?? 0) + quantity);
};

/** Starts a process, which goes on up to its first gates. */
export async function begin(world: World, work: () => Promise<unknown>): Promise<void> {
  work().catch((error: unknown) => world.failures.push(error));
  await quiet();
}

/** A request to check out comes in, perhaps not for the first time. */
export function place(world: World, index: number, drivenBy: DrivenBy): Promise<void> {
  const asked = world.requests[index] as World['requests'][number];
  return begin(world, async () => {
    const placed = await world.checkout(drivenBy).place(asked.request, 0);
    if (!placed.ok) return;
    if (asked.orderId !== undefined && asked.orderId !== placed.value.id) throw new Error('one key, two orders');
    asked.orderId = placed.value.id;
  });
}

/** The payment service's workers take what is due. */
export async function startPaying(world: World): Promise<void> {
  for (const orderId of await world.requestsDue(64)) {
    world.trace.push(`somebody works on the payment of ${orderId.slice(-4)}`);
    await begin(world, () => world.paymentWorker(orderId));
  }
}

/** The reconcilers take what is overdue. */
export async function resumeOverdue(world: World, drivenBy: DrivenBy): Promise<void> {
  for (const orderId of claimOverdue(world.state.order, world.clock, drivenBy)) {
    world.trace.push(`order ${orderId.slice(-4)} is overdue and resumed, by ${drivenBy}`);
    await begin(world, () => world.checkout(drivenBy).resume(orderId));
  }
}
