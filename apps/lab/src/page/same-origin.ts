import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

/**
 * Why a request may not have come from the lab page itself or from a program on this machine; undefined where it may.
 * Otherwise any page that is open in the same browser could start a load test: a page of another origin gives itself
 * away by `Origin` and `Sec-Fetch-Site`, and one whose own name was bound to 127.0.0.1 afterward (DNS rebinding) by
 * `Host`. Programs such as curl send none of the two.
 */
export function foreignFault({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!isOurName(host)) {
    return `The lab page answers at localhost or at an address in numbers, not as ${JSON.stringify(host.slice(0, 100))}.`;
  }
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined;
  const isForeign = (site !== undefined && site !== 'same-origin') || (origin !== undefined && !isAt(origin, host));
  return isForeign ? 'A run can be started and stopped only from the lab page itself.' : undefined;
}

function isOurName(host: string): boolean {
  const url = URL.parse(`http://${host}`);
  if (!url || url.host !== host.toLowerCase().replace(/:80$/, '')) return false;
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0;
}

const isAt = (origin: string, host: string) => URL.parse(origin)?.host === URL.parse(`http://${host}`)?.host;
