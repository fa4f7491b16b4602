export type { Door } from './door.ts';
export { auditStore, type AuditScope, type Customer, type StockAccount } from './audit.ts';
export { captured, journal, netOf, refunded } from './journal.ts';
export { address, shopper, success, until, type CheckoutWishes, type Shopper } from './shopper.ts';
export { available, stockRoom, unique, type NewProduct, type StockRoom } from './stock-room.ts';
export { closeConnections, transmit, type RawAnswer, type RawRequest } from './transport.ts';
export type { Mutant } from '../mutants/mutants.ts';
export type { WorkingCopy } from '../mutants/working-copy.ts';

/** Stores with a fault made on purpose, and where to make them. Loaded when asked for: images are built without them. */
export async function openMutants() {
  const [{ mutants }, { copyWorkingTree }] = await Promise.all([
    import('../mutants/mutants.ts'),
    import('../mutants/working-copy.ts'),
  ]);
  return { mutants, copyWorkingTree };
}
