import { lookup } from 'node:dns/promises';
import { every } from './every.ts';
import type { Logger } from './log.ts';

/** Where the instances of a service are, as far as is known; changes as they come and go. */
export interface Discovery {
  /** Origins, for example `http://10.0.0.3:8080`, none twice; the same array as long as nothing has changed. */
  origins(): readonly string[];
  /** Asks again now, for example because one has stopped to answer. */
  refresh(): void;
  close(): Promise<void>;
}

/** Instances that are known from the start: one address, or several with commas between them. */
function staticDiscovery(urls: string): Discovery {
  const origins = [...new Set(urls.split(','))];
  return { origins: () => origins, refresh: () => {}, close: async () => {} };
}

const ASK_EVERY_MS = 1000;

/**
 * All addresses that a host name stands for, asked for again every second: so Docker Compose, Kubernetes (headless
 * services) and plain DNS tell where the instances of a service are. A question that fails leaves the last answer.
 */
function dnsDiscovery(url: string, log: Logger | undefined): Discovery {
  const { protocol, hostname, port } = new URL(url);
  let origins: readonly string[] = [];
  const ask = async () => {
    const addresses = await lookup(hostname, { all: true });
    const found = addresses.map(
      ({ address, family }) => `${protocol}//${family === 6 ? `[${address}]` : address}${port && `:${port}`}`,
    );
    found.sort();
    if (found.join() !== origins.join()) origins = found;
  };
  const asking = every(ASK_EVERY_MS, log, ask);
  return { origins: () => origins, refresh: () => asking.now(), close: asking.close };
}

/** How `DISCOVERY` says that instances are found. */
export const discovery = (kind: 'static' | 'dns', url: string, log?: Logger): Discovery =>
  kind === 'dns' ? dnsDiscovery(url, log) : staticDiscovery(url);
