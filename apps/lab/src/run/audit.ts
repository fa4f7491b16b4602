import { setTimeout as sleep } from 'node:timers/promises';
import { auditStore, type AuditScope } from '@twinstore/conformance';
import type { CatalogItem, SessionPlan } from '../load/journeys.ts';
import type { Buyer } from '../load/measures.ts';

/** An order may be on its way so long after the load has ended; a store that needs more breaks its word. */
export const RECOVERY_MS = 15_000;

export interface Audit {
  /** As sentences; none: the store kept its word. */
  readonly violations: readonly string[];
  readonly customers: number;
  readonly products: number;
  /** From the end of the load to the beginning of the last look at everything, in ms: by then, nothing was left to be
   *  done. 0: the first look found it so. */
  readonly settledAfterMs: number;
  /** How long that look took, which is a matter of how many customers there were. */
  readonly lookMs: number;
}

export interface AuditSubject {
  readonly url: string;
  readonly providerUrl: string;
  /** As it was before the first session. */
  readonly catalog: readonly CatalogItem[];
  /** All that were played, and who of them changed something. */
  readonly sessions: readonly SessionPlan[];
  readonly buyers: readonly Buyer[];
  /** The provider's journal holds charges for others too. */
  readonly isShared?: true;
}

/** Audits stock, money, orders and carts of everybody who came, from outside. It looks until the store has come to rest; a
 *  look that begins after the recovery time (`withinMs`) is the last one. */
export async function auditTrial(subject: AuditSubject, signal?: AbortSignal, withinMs = RECOVERY_MS): Promise<Audit> {
  const scope = scopeOf(subject);
  const startedAt = performance.now();
  const since = (from: number) => Math.round(performance.now() - from);
  for (;;) {
    const beganAt = performance.now();
    const settledAfterMs = since(startedAt);
    const violations = await unlessAborted(auditStore(scope).catch(asViolation), signal);
    const lookMs = since(beganAt);
    if (violations.length === 0 || settledAfterMs >= withinMs) {
      return { violations, customers: scope.customers.length, products: scope.stock.length, settledAfterMs, lookMs };
    }
    await sleep(500, undefined, { ...(signal && { signal }) });
  }
}

/** Whoever stops a run does not wait for thousands of customers to be looked at. @throws the signal's reason */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  signal.throwIfAborted();
  work.catch(() => {}); // It may fail once nobody waits for it.
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}

/** An answer that is not as the contract has it, such as a stock below zero, is a finding too; no answer is none. */
function asViolation(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.cause !== undefined || 'code' in error) throw error;
  return [`not as the contract has it: ${error.message.split('\n').slice(0, 2).join(' ')}`];
}

function scopeOf({ url, providerUrl, catalog, sessions, buyers, isShared }: AuditSubject): AuditScope {
  const putInCarts = new Set(sessions.flatMap(({ steps }) => steps.flatMap(({ sku }) => sku ?? [])));
  return {
    door: { url, providerUrl },
    ...(!isShared && { alone: true }),
    customers: buyers.map(({ cookie, hasOrdered, orderId, cart }) => ({
      cookie,
      keys: hasOrdered ? 1 : 0,
      acknowledged: orderId ? [orderId] : [],
      cart,
    })),
    stock: catalog.filter(({ sku }) => putInCarts.has(sku)).map(({ sku, available }) => ({ sku, supplied: available })),
  };
}
