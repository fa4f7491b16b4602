export type { Door } from './door.ts';
export { auditStore, type AuditScope, type Customer, type StockAccount } from './audit.ts';
export { captured, journal, netOf, refunded } from './journal.ts';
export { address, shopper, success, until, type CheckoutWishes, type Shopper } from './shopper.ts';
export { available, stockRoom, unique, type NewProduct, type StockRoom } from './stock-room.ts';
export { closeConnections, transmit, type RawAnswer, type RawRequest } from './transport.ts';
