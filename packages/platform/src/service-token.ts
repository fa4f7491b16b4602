import { jwtVerify, SignJWT } from 'jose';
import type { Caller } from './http/caller.ts';

/** Signs and checks the short-lived tokens (JWT, HS256) by which processes of the store know each other. */
export interface ServiceTokens {
  issue(caller: Caller): Promise<string>;
  /** The caller a token speaks for; undefined for one that is forged or past its time. */
  verify(token: string): Promise<Caller | undefined>;
}

const LIFETIME_S = 120;
// Signing and checking cost more than a product read; the same caller's token serves for half its life.
const REUSE_MS = (LIFETIME_S * 1000) / 2;
const REMEMBERED = 10_000;

export function serviceTokens(secret: string, issuer: string): ServiceTokens {
  const key = new TextEncoder().encode(secret);
  const issued = new Recent<Promise<string>>();
  const verified = new Recent<Promise<{ caller: Caller; until: number } | undefined>>();
  return {
    issue(caller) {
      return issued.get(`${caller.admin ? 'admin' : ''} ${caller.shopper ?? ''}`, () =>
        new SignJWT(caller.admin ? { admin: true } : {})
          .setProtectedHeader({ alg: 'HS256' })
          .setIssuer(issuer)
          .setSubject(caller.shopper ?? '')
          .setExpirationTime(`${LIFETIME_S}s`)
          .sign(key),
      );
    },
    async verify(token) {
      const known = await verified.get(token, () => check(token));
      return known && known.until > Date.now() ? known.caller : undefined;
    },
  };

  async function check(token: string): Promise<{ caller: Caller; until: number } | undefined> {
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], requiredClaims: ['sub', 'exp', 'iss'] });
      const caller = { shopper: payload.sub || undefined, admin: payload['admin'] === true };
      return { caller, until: (payload.exp ?? 0) * 1000 };
    } catch {
      return undefined;
    }
  }
}

/** Values by key, made anew after half a token's life; the oldest go when there are too many. */
class Recent<T> {
  readonly #entries = new Map<string, { value: T; until: number }>();

  get(key: string, make: () => T): T {
    const now = Date.now();
    const found = this.#entries.get(key);
    if (found && found.until > now) return found.value;
    this.#entries.delete(key);
    const value = make();
    this.#entries.set(key, { value, until: now + REUSE_MS });
    if (this.#entries.size > REMEMBERED) this.#entries.delete(this.#entries.keys().next().value as string);
    return value;
  }
}
