import { createHash, timingSafeEqual } from 'node:crypto';
import { newId } from '../ids.ts';
import type { ServiceTokens } from '../service-token.ts';
import type { Sessions } from '../session.ts';
import type { Identify } from './caller.ts';

/** At a front door: the shopper is in the signed cookie, the admin shows the admin token. */
export function identifyPublic(sessions: Sessions, adminToken: string): Identify {
  const isAdmin = sameText(adminToken);
  return async (req, startsSession) => {
    const token = bearer(req.headers.authorization);
    const admin = token !== undefined && isAdmin(token);
    const shopper = sessions.read(req.headers.cookie);
    if (shopper !== undefined || !startsSession) return { caller: { shopper, admin } };
    const newShopper = newId();
    return { caller: { shopper: newShopper, admin }, cookie: sessions.write(newShopper, req.secure) };
  };
}

/** At a service: only callers with a token of ours, which says for whom they ask. */
export function identifyService(tokens: ServiceTokens): Identify {
  return async (req) => {
    const token = bearer(req.headers.authorization);
    const caller = token === undefined ? undefined : await tokens.verify(token);
    return caller && { caller };
  };
}

const bearer = (header: string | undefined) => /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];

/** Compares in constant time, whatever the lengths. */
function sameText(expected: string): (given: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const right = digest(expected);
  return (given) => timingSafeEqual(right, digest(given));
}
