import { every, type Logger } from '@twinstore/platform';
import { reconcile } from '../application/reconcile.ts';
import type { Checkout, Overdue } from '../application/ports.ts';

const PAUSE_MS = 500;
const FORGET_EVERY_MS = 3_600_000;

/** Looks after orders that stopped on their way, until closed. */
export const reconciler = (overdue: Overdue, checkout: Pick<Checkout, 'resume'>, log: Logger) =>
  every(PAUSE_MS, log, () =>
    reconcile(overdue, checkout, (error, orderId) => log.warn({ err: error, orderId }, 'an order waits to be resumed')),
  );

/** Forgets idempotency keys past their time, until closed. */
export const keyCleaner = (overdue: Overdue, log: Logger) => every(FORGET_EVERY_MS, log, () => overdue.forgetOldKeys());
