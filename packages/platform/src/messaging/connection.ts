import { connect, type Channel, type RecoveringChannelModel } from 'amqplib';
import { atMost, backoff, pause } from '../waiting.ts';
import type { Logger } from '../log.ts';

// A peer that vanished without a word is missed after two of these.
const HEARTBEAT_SECONDS = 5;
const CONNECT_TIMEOUT_MS = 5000;
const CLOSE_TIMEOUT_MS = 1000;

/** A connection to RabbitMQ that is opened again whenever it breaks, for ever. Resolves at once, connected or not.
 *  `purpose`: what it is for, in the log. */
export async function keepConnection(url: string, purpose: string, log: Logger): Promise<RecoveringChannelModel> {
  const address = new URL(url);
  if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  const connection = await connect(address.href, {
    // Without it each hop waits some 40 ms for more bytes to send.
    noDelay: true,
    timeout: CONNECT_TIMEOUT_MS,
    clientProperties: { connection_name: purpose },
    recovery: { initialDelay: 100, maxDelay: 3000, jitter: 0.5, waitForConnect: false },
  });
  let told = false;
  connection.on('connect', () => {
    told = false;
    log.info({ purpose }, 'connected to RabbitMQ');
  });
  connection.on('disconnect', (error) => log.warn({ err: error, purpose }, 'lost the connection to RabbitMQ'));
  connection.on('connect-failed', (error) => {
    // Once for each outage: it goes on trying every few seconds.
    if (!told) log.error({ purpose, reason: error.message }, explain(error));
    told = true;
  });
  // Each is followed by one of the above.
  connection.on('error', (error) => log.debug({ err: error, purpose }, 'an error on the connection to RabbitMQ'));
  return connection;
}

/** One sentence for whoever runs the service; the address is not in it, since it holds a password. */
function explain(error: Error): string {
  if (/ACCESS.REFUSED/.test(error.message)) return 'RabbitMQ refuses the user name or the password in RABBITMQ_URL';
  if (/NOT.ALLOWED/.test(error.message)) return 'RabbitMQ does not let this user use the virtual host in RABBITMQ_URL';
  return 'RabbitMQ cannot be reached and will be tried again; is RABBITMQ_URL right?';
}

export interface ChannelKeeper {
  close(): Promise<void>;
}

/**
 * Keeps a channel open whenever there is a connection. `use` sets up each new one; what it throws closes the channel,
 * and the next is tried after a pause. `lost` hears that the channel which `use` was given is of no use any more.
 */
export function keepChannel<C extends Channel>(
  open: () => Promise<C>,
  use: (channel: C) => Promise<void>,
  lost: () => void,
  log: Logger,
): ChannelKeeper {
  const closing = new AbortController();
  const closed = new Promise<undefined>((resolve) =>
    closing.signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  let failures = 0;

  const session = async () => {
    const opening = open();
    const channel = await Promise.race([opening, closed]);
    if (!channel) {
      // Nobody waits for it any more; the connection is about to be closed.
      opening.catch(() => {});
      return;
    }
    let reason: Error | undefined;
    channel.on('error', (error) => (reason = error));
    const ended = new Promise<void>((resolve) =>
      channel.once('close', () => {
        lost();
        resolve();
      }),
    );
    try {
      await Promise.race([use(channel), closed]);
      failures = 0;
      await Promise.race([ended, closed]);
      if (reason) throw reason;
    } finally {
      // Fails where it is closed already, and then there is nothing left to do.
      await atMost(CLOSE_TIMEOUT_MS, channel.close());
    }
  };
  const loop = async () => {
    while (!closing.signal.aborted) {
      await session().catch((error: unknown) => {
        if (!closing.signal.aborted) log.warn({ err: error }, 'a channel to RabbitMQ is gone and will be opened again');
      });
      failures += 1;
      await pause(backoff(failures, 100, 3000), closing.signal);
    }
  };
  const done = loop();
  return {
    async close() {
      closing.abort();
      await done;
    },
  };
}
