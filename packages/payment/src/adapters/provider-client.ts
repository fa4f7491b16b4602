import { Pool } from 'undici';
import { ChargeAnswer, Problem, providerRoutes, RefundAnswer, fillPath } from '@twinstore/contracts';
import { callSpan, contextHeaders, currentRequest, endCall } from '@twinstore/platform';
import type { PaymentProvider } from '../application/ports.ts';

export interface ConnectedProvider extends PaymentProvider {
  /** Rejects unless the provider is ready. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** One exchange. A lost answer is asked for once more, so that a call takes twice as long at most. */
export const EXCHANGE_MS = 3000;
const CONNECT_MS = 1000;
const CONNECTIONS = 64;
/** Below the provider's keep-alive time: the side that reuses a connection has to be the first to give it up. */
const IDLE_MS = 30_000;

const REFUSED = '/problems/provider-refused';

const chargeKey = (orderId: string) => `charge-${orderId}`;
const refundKey = (orderId: string) => `refund-${orderId}`;

const readVoid = (json: unknown) => providerRoutes.voidCharge.responses[200].parse(json).outcome;

/**
 * The card processor at `url`, for example `http://localhost:8070`. No answer is ever assumed: a connection that breaks
 * or cannot be made, a time-out and an answer that is not the provider's are asked again once by the same key and are
 * then `unknown`; only the provider's own refusal is `refused`. `onLost` hears of every answer that did not come.
 * @throws whatever the provider says about a request that no correct store sends
 */
export function openPaymentProvider(url: string, onLost: (error: unknown) => void = () => {}): ConnectedProvider {
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    connect: { timeout: CONNECT_MS },
  });

  async function ask<T>(path: string, body: object, read: (json: unknown) => T): Promise<T | 'refused' | 'unknown'> {
    const first = await exchange(pool, url, path, body, read, onLost);
    if (first !== 'unknown') return first;
    const second = await exchange(pool, url, path, body, read, onLost);
    // A refusal now says nothing of the first try, which may still be on its way through the provider.
    return second === 'refused' ? 'unknown' : second;
  }

  return {
    charge: (orderId, amount, token) =>
      ask(
        providerRoutes.charge.path,
        { key: chargeKey(orderId), orderId, amount, token },
        (json) => ChargeAnswer.parse(json).outcome,
      ),
    async void(orderId) {
      const path = fillPath(providerRoutes.voidCharge.path, { key: chargeKey(orderId) });
      const outcome = await ask(path, {}, readVoid);
      return outcome === 'refused' ? 'unknown' : outcome;
    },
    async refund(orderId, amount) {
      const body = { key: refundKey(orderId), orderId, chargeKey: chargeKey(orderId), amount };
      const outcome = await ask(providerRoutes.refund.path, body, (json) => RefundAnswer.parse(json).outcome);
      return outcome === 'refused' ? 'unknown' : outcome;
    },
    async ping() {
      const answer = await pool.request({ method: 'GET', path: '/readyz', signal: AbortSignal.timeout(2000) });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`the payment provider is not ready (${answer.statusCode})`);
    },
    close: () => pool.close(),
  };
}

/** Asks once. @throws for a refusal that blames the request, which is our bug and not the provider's trouble */
async function exchange<T>(
  pool: Pool,
  origin: string,
  path: string,
  body: object,
  read: (json: unknown) => T,
  onLost: (error: unknown) => void,
): Promise<T | 'refused' | 'unknown'> {
  const request = currentRequest();
  if (request) request.calls += 1;
  const span = callSpan('payment-provider', origin, 'POST', path);
  let status;
  let json: unknown;
  try {
    const answer = await pool.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...contextHeaders(span) },
      body: JSON.stringify(body),
      // One deadline over waiting for a connection, headers and body; undici's own are apart, and coarse.
      signal: AbortSignal.timeout(EXCHANGE_MS),
    });
    status = answer.statusCode;
    const text = await answer.body.text();
    endCall(span, status);
    json = JSON.parse(text);
    if (status === 200) return read(json);
  } catch (error) {
    span?.end(error);
    onLost(error);
    return 'unknown';
  }
  const type = Problem.safeParse(json).data?.type;
  if (status === 503 && type === REFUSED) return 'refused';
  const failure = new Error(`the payment provider answered ${path} with ${status} ${type ?? ''}`);
  if (status < 500) throw failure;
  onLost(failure);
  return 'unknown';
}
