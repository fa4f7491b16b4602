export { exposePayments, httpPayments } from './adapters/http-client.ts';
export { paymentMigrations } from './adapters/migrations.ts';
export { postgresLedger } from './adapters/postgres-ledger.ts';
export { openPaymentProvider, type ConnectedProvider } from './adapters/provider-client.ts';
export { payments } from './application/payments.ts';
export type {
  ChargeOutcome,
  PaymentLedger,
  PaymentProvider,
  PaymentRecord,
  Payments,
  Settlement,
} from './application/ports.ts';
