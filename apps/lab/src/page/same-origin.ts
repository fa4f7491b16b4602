import type { IncomingMessage } from 'node:http';
import { isFromElsewhere, isLocalName } from '@twinstore/platform';

/**
 * Why a request may not have come from the lab page itself or from a program on this machine; undefined where it may.
 * Otherwise any page that is open in the same browser could start a load test: a page of another origin gives itself
 * away by `Origin` and `Sec-Fetch-Site`, and one whose own name was bound to 127.0.0.1 afterward (DNS rebinding) by
 * `Host`.
 */
export function foreignFault({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): string | undefined {
  const { host = '' } = headers;
  if (!isLocalName(host)) {
    return `The lab page answers at localhost or at an address in numbers, not as ${JSON.stringify(host.slice(0, 100))}.`;
  }
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined;
  return isFromElsewhere(headers) ? 'A run can be started and stopped only from the lab page itself.' : undefined;
}
