import type { Router } from 'express';
import { exposePort, remotePort, type Identify, type PortMethods, type Upstream } from '@twinstore/platform';
import type { Payments } from '../application/ports.ts';
import { EXCHANGE_MS } from './provider-client.ts';

/** A call to the provider with its second try. */
const ASKING_MS = 2 * EXCHANGE_MS;
const LEDGER_MS = 1500;

/**
 * For how long callers wait, in milliseconds: longer than the provider is waited for, or its last answer would be lost
 * on the way. A refund may have to ask it twice.
 */
const METHODS: PortMethods<Payments> = {
  charge: ASKING_MS + LEDGER_MS,
  abandon: ASKING_MS + LEDGER_MS,
  refund: 2 * ASKING_MS + LEDGER_MS,
};

/** Payments of another process. */
export const httpPayments = (upstream: Upstream): Payments => remotePort<Payments>('payments', upstream, METHODS);

/** Lets other processes with a token of ours use these payments. */
export const exposePayments = (payments: Payments, identify: Identify): Router =>
  exposePort<Payments>('payments', payments, METHODS, identify);
