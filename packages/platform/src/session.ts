import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '@twinstore/kernel';

/** Guest sessions in a signed cookie: nothing is kept on the server, and every front door with the secret reads it. */
export interface Sessions {
  /** The shopper of a cookie header; undefined if there is none, or one that somebody has tampered with. */
  read(cookieHeader: string | undefined): string | undefined;
  /** The `Set-Cookie` value that makes the browser this shopper's. */
  write(shopper: string, secure: boolean): string;
}

const THIRTY_DAYS = 30 * 24 * 3600;
const SID = /(?:^|;\s*)sid=([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})(?:;|$)/;

/** `secret` signs the cookie (HMAC-SHA-256): whoever has it can be any shopper. */
export function cookieSessions(secret: string): Sessions {
  const sign = (shopper: string) => createHmac('sha256', secret).update(shopper).digest('base64url');
  return {
    read(cookieHeader) {
      const [, shopper, signature] = SID.exec(cookieHeader ?? '') ?? [];
      if (shopper === undefined || signature === undefined || !isId(shopper)) return undefined;
      // As texts: two texts can decode to the same bytes, and only one of them is ours.
      return timingSafeEqual(Buffer.from(signature), Buffer.from(sign(shopper))) ? shopper : undefined;
    },
    write(shopper, secure) {
      const value = `${shopper}.${sign(shopper)}`;
      return `sid=${value}; Path=/; Max-Age=${THIRTY_DAYS}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
    },
  };
}
