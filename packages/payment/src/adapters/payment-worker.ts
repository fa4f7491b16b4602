import { listenPostgres, resumeTrace, taskWorker, type Logger, type Queryable } from '@twinstore/platform';
import { paymentWork, type PaymentWorkParts } from '../application/react.ts';
import { postgresRequests } from './postgres-requests.ts';

/** As many calls to the provider at once as its connections carry. */
const AT_ONCE = 64;
const LOOK_EVERY_MS = 500;

interface PaymentWorkerParts extends Omit<PaymentWorkParts, 'requests'> {
  readonly db: Queryable;
  readonly databaseUrl: string;
  readonly log: Logger;
}

/** Does what events have asked of this service, as soon as they have; any number of processes share the work. */
export function paymentWorker({ db, databaseUrl, log, ...parts }: PaymentWorkerParts): { close(): Promise<void> } {
  const requests = postgresRequests(db);
  const work = paymentWork({ ...parts, requests });
  const worker = taskWorker({
    claim: (limit) => requests.claim(limit),
    work: (orderId) => resumeTrace('payment.work', orderId, work),
    concurrency: AT_ONCE,
    pollMs: LOOK_EVERY_MS,
    log,
  });
  const ears = listenPostgres({
    url: databaseUrl,
    channels: ['payment_requests'],
    onNotice: () => worker.now(),
    onConnected: () => worker.now(),
    log,
  });
  return {
    async close() {
      await ears.close();
      await worker.close();
    },
  };
}
