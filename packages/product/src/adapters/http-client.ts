import { exposePort, remotePort, type Identify, type PortMethods, type Upstream } from '@twinstore/platform';
import type { Quotes, Stock } from '../application/ports.ts';

/** For how long callers wait, in milliseconds. A hot product's row makes reservations queue, so they get longer. */
const METHODS: PortMethods<Quotes & Stock> = { quote: 1500, reserve: 3000, commit: 3000, giveBack: 3000 };

/** Quotes and stock of another process. */
export const httpProducts = (upstream: Upstream): Quotes & Stock =>
  remotePort<Quotes & Stock>('products', upstream, METHODS);

/** Lets other processes with a token of ours use these quotes and this stock. */
export const exposeProducts = (products: Quotes & Stock, identify: Identify) =>
  exposePort<Quotes & Stock>('products', products, METHODS, identify);
