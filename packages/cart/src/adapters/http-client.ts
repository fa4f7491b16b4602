import { exposePort, remotePort, type Identify, type PortMethods, type Upstream } from '@twinstore/platform';
import type { Carts } from '../application/ports.ts';

/** In milliseconds. */
const methods: PortMethods<Carts> = { lines: 2000, takeOut: 3000 };

/** The port of a cart module that runs in another process. */
export const httpCarts = (upstream: Upstream): Carts => remotePort('carts', upstream, methods);

/** Offers the port to other processes of the store: the server's half of `httpCarts`. */
export const exposeCarts = (carts: Carts, identify: Identify) => exposePort('carts', carts, methods, identify);
