import pg from 'pg';
import { atMost, backoff, pause } from './waiting.ts';
import type { Logger } from './log.ts';
import { detached } from './request-context.ts';

export interface ListenOptions {
  readonly url: string;
  /** Channels of PostgreSQL's NOTIFY. */
  readonly channels: readonly string[];
  onNotice(channel: string, payload: string): void;
  /** It listens (again). What was said before is not heard: whoever depends on it looks for himself now. */
  onConnected(): void;
  readonly log: Logger | undefined;
}

/**
 * Hears what PostgreSQL is told by NOTIFY, over a connection of its own that is opened again whenever it breaks, for
 * ever. Returns at once. A notice is a hint that something changed, never the change itself: some are missed.
 */
export function listenPostgres(options: ListenOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  const loop = async () => {
    let failures = 0;
    while (!closing.signal.aborted) {
      await listenUntilLost(options, closing.signal, () => (failures = 0)).catch((error: unknown) =>
        options.log?.warn({ err: error }, 'does not hear from the database and will listen again'),
      );
      failures += 1;
      await pause(backoff(failures, 100, 3000), closing.signal);
    }
  };
  const ended = detached(loop);
  return {
    async close() {
      closing.abort();
      await ended;
    },
  };
}

/** Resolves when it is closed. @throws the reason why it does not listen, or does so no longer */
async function listenUntilLost(options: ListenOptions, closing: AbortSignal, onListening: () => void): Promise<void> {
  const client = new pg.Client({
    connectionString: options.url,
    connectionTimeoutMillis: 5000,
    query_timeout: 5000,
    // Nobody writes to this connection: without probes a peer that vanished would never be missed.
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
  });
  const lost = new Promise<Error>((resolve) => {
    client.on('error', resolve);
    client.on('end', () => resolve(new Error('the database closed the connection')));
  });
  const closed = new Promise<void>((resolve) => closing.addEventListener('abort', () => resolve(), { once: true }));
  client.on('notification', ({ channel, payload }) => options.onNotice(channel, payload ?? ''));
  const listen = async () => {
    await client.connect();
    for (const channel of options.channels) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    if (closing.aborted) return;
    onListening();
    options.onConnected();
  };
  try {
    await Promise.race([listen(), closed]);
    const reason = await Promise.race([lost, closed]);
    if (reason && !closing.aborted) throw reason;
  } finally {
    await atMost(1000, client.end());
  }
}
