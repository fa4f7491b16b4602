import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { providerRoutes, storeClient, type BehaviorChange, type JournalEntry } from '@twinstore/contracts';
import { app, freePort, type Proc } from '@twinstore/local';
import { throwawayDatabase } from './database.ts';

/** The real payment provider, as a process with a database of its own. */
export interface RunningProvider extends Pick<Proc, 'url' | 'start' | 'kill'> {
  behave(behavior: typeof BehaviorChange._input): Promise<void>;
  /** What it has written down about an order, oldest first. */
  journal(orderId: string): Promise<readonly JournalEntry[]>;
  close(): Promise<void>;
}

export async function startProvider(): Promise<RunningProvider> {
  const database = await throwawayDatabase([]);
  const logDir = await mkdtemp(join(tmpdir(), 'payment-provider-'));
  const env = { POSTGRES_URL: database.url, LOG_LEVEL: 'warn' };
  const running = app({ app: 'payment-provider', port: await freePort(), env, logDir });
  await running.start();
  const client = storeClient(running.url);
  return {
    url: running.url,
    start: running.start,
    kill: running.kill,
    async behave(behavior) {
      const answer = await client.call(providerRoutes.putBehavior, { body: behavior });
      if (!answer.ok) throw new Error(`the behavior was refused: ${JSON.stringify(answer.problem)}`);
    },
    async journal(orderId) {
      const answer = await client.call(providerRoutes.readJournal, { query: { orderId } });
      if (!answer.ok) throw new Error(`the journal cannot be read: ${answer.problem.title}`);
      return answer.body.items;
    },
    async close() {
      await running.stop();
      await database.close();
      await rm(logDir, { recursive: true });
    },
  };
}
