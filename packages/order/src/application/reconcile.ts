import type { Checkout, Overdue } from './ports.ts';

const AT_ONCE = 20;

/**
 * One round of looking after orders that nobody drives any more: their driver crashed, or the provider gave no answer.
 * Any number of processes may do this at once. `onFailure` hears of an order that could not be driven on this time.
 */
export async function reconcile(
  overdue: Overdue,
  checkout: Pick<Checkout, 'resume'>,
  onFailure: (error: unknown, orderId: string) => void,
): Promise<void> {
  for (;;) {
    const ids = await overdue.claim(AT_ONCE);
    await Promise.all(ids.map((id) => checkout.resume(id).catch((error: unknown) => onFailure(error, id))));
    if (ids.length < AT_ONCE) return;
  }
}
