export { exposePayments, httpPayments } from './adapters/http-client.ts';
export { paymentMigrations } from './adapters/migrations.ts';
export { postgresLedger } from './adapters/postgres-ledger.ts';
export { paymentWorker } from './adapters/payment-worker.ts';
export { postgresRequests } from './adapters/postgres-requests.ts';
export { openPaymentProvider, type ConnectedProvider } from './adapters/provider-client.ts';
export { payments } from './application/payments.ts';
export { paymentReactions, paymentWork } from './application/react.ts';
export type {
  ChargeOutcome,
  PaymentLedger,
  PaymentProvider,
  PaymentRecord,
  PaymentRequests,
  Payments,
  Settlement,
} from './application/ports.ts';
