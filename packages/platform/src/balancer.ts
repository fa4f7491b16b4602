import { Pool } from 'undici';
import type { Discovery } from './discovery.ts';

/** One process that can be called, with what is known of how it fares. */
export interface Instance {
  readonly origin: string;
  readonly pool: Pool;
  /** For what takes long by its nature, as many as there are: it must not keep connections from all else. */
  readonly patient: Pool;
  /** Requests that it has not answered yet. */
  pending: number;
  failuresInRow: number;
  /** `performance.now()` until which it gets no requests as long as others can take them. */
  outUntil: number;
}

/** Spreads requests over the instances of a service. */
export interface Balancer {
  /** An instance for one request; undefined if none is known. `not`: one that was just tried in vain. */
  pick(not?: Instance): Instance | undefined;
  /** The request is over. `failed`: there was no answer, or half of one. */
  done(instance: Instance, failed: boolean): void;
  /** Whether a request that failed may be tried again: at most one in ten, so that retries never become the load. */
  mayRetry(): boolean;
  /** Every instance that is known, whether it answers or not. */
  all(): readonly Instance[];
  close(): Promise<void>;
}

/** Below the servers' keep-alive time: the side that reuses a connection has to be the first to give it up. */
const IDLE_MS = 30_000;
const CONNECTIONS = 64;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const RETRIES_PER_REQUEST = 0.1;
const SAVED_RETRIES = 20;

/**
 * Power of two choices: of two instances drawn by chance, the one with fewer requests pending. An instance that fails
 * is left out for a while, longer each time; if all are out, they get requests nevertheless, since there is nobody
 * better. https://www.eecs.harvard.edu/~michaelm/postscripts/tpds2001.pdf
 */
export function balance(discovery: Discovery): Balancer {
  const instances = new Map<string, Instance>();
  let all: readonly Instance[] = [];
  let known: readonly string[] = [];
  let someOutUntil = 0;
  let retries = SAVED_RETRIES;

  function current(): readonly Instance[] {
    const origins = discovery.origins();
    if (origins !== known) follow(origins);
    return all;
  }

  function candidates(): readonly Instance[] {
    const known = current();
    const now = performance.now();
    if (someOutUntil <= now) return known;
    const healthy = known.filter(({ outUntil }) => outUntil <= now);
    return healthy.length > 0 ? healthy : known;
  }

  /** Opens what has come and closes, after what is pending there, what has gone. */
  function follow(origins: readonly string[]): void {
    known = origins;
    for (const [origin, { pool, patient }] of instances) {
      if (origins.includes(origin)) continue;
      instances.delete(origin);
      void pool.close();
      void patient.close();
    }
    for (const origin of origins) if (!instances.has(origin)) instances.set(origin, open(origin));
    all = [...instances.values()];
  }

  return {
    pick(not) {
      let from = candidates();
      if (not && from.length > 1) from = from.filter((instance) => instance !== not);
      const one = drawn(from);
      const other = from.length > 1 ? drawn(from) : one;
      const picked = one && other && other.pending < one.pending ? other : one;
      if (picked) {
        picked.pending += 1;
        retries = Math.min(SAVED_RETRIES, retries + RETRIES_PER_REQUEST);
      }
      return picked;
    },
    done(instance, failed) {
      instance.pending -= 1;
      if (!failed) {
        instance.failuresInRow = 0;
        return;
      }
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** instance.failuresInRow);
      instance.failuresInRow += 1;
      instance.outUntil = performance.now() + pause;
      someOutUntil = Math.max(someOutUntil, instance.outUntil);
      discovery.refresh();
    },
    mayRetry() {
      if (retries < 1) return false;
      retries -= 1;
      return true;
    },
    all: current,
    async close() {
      await discovery.close();
      // Who waits for long would hold up the end of the process.
      await Promise.all([...instances.values()].flatMap(({ pool, patient }) => [pool.close(), patient.destroy()]));
    },
  };
}

const drawn = (from: readonly Instance[]): Instance | undefined => from[Math.floor(Math.random() * from.length)];

const open = (origin: string): Instance => ({
  origin,
  pool: new Pool(origin, { ...connection, connections: CONNECTIONS }),
  patient: new Pool(origin, { ...connection, connections: null }),
  pending: 0,
  failuresInRow: 0,
  outUntil: 0,
});

const connection: Pool.Options = {
  pipelining: 1,
  keepAliveTimeout: IDLE_MS,
  keepAliveMaxTimeout: IDLE_MS,
  connect: { timeout: 1000 },
};
