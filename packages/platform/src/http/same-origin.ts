import { isIP } from 'node:net';

/** Of a request's headers, those that tell whose page sent it. */
export interface Sender {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

/** Whether a page of another origin sent a request. Browsers say so, and programs such as curl send neither of the two. */
export function isFromElsewhere({ host = '', origin, 'sec-fetch-site': site }: Sender): boolean {
  return (site !== undefined && site !== 'same-origin') || (origin !== undefined && !isAt(origin, host));
}

/**
 * Whether a `Host` is a name that nobody else can give to this machine: `localhost`, or an address in numbers. Any
 * other may be a site's own, bound to this machine after its page was loaded (DNS rebinding).
 */
export function isLocalName(host: string): boolean {
  const url = URL.parse(`http://${host}`);
  if (!url || url.host !== host.toLowerCase().replace(/:80$/, '')) return false;
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0;
}

const isAt = (origin: string, host: string) => URL.parse(origin)?.host === URL.parse(`http://${host}`)?.host;
