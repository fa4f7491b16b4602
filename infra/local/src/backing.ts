import { findMongo, type Mongo, type MongoOptions } from './mongo.ts';
import { findPostgres, type Postgres, type PostgresOptions } from './postgres.ts';
import { findRabbit, type Rabbit, type RabbitOptions } from './rabbit.ts';

type Missing = { readonly missing: string };

export interface BackingOptions {
  readonly postgres: PostgresOptions;
  readonly mongo: MongoOptions;
  /** Undefined where nobody asks for a broker. */
  readonly rabbit?: RabbitOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told what takes long, such as a download. */
  readonly onProgress?: (line: string) => void;
}

/** What the stores keep their data in, and what their services tell each other events through. */
export interface Backing {
  readonly postgres: Postgres;
  readonly mongo: Mongo | Missing;
  readonly rabbit: Rabbit | Missing;
  /** Stops what was started here. */
  stop(): Promise<void>;
}

/** Finds or starts all of it, at once: RabbitMQ alone takes some 4 s.
 *  @throws Refusal  the first one's that has to be there and is not; nothing is left running */
export async function findBacking(options: BackingOptions): Promise<Backing> {
  const failure = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
  const common = { signal, ...(options.onProgress && { onProgress: options.onProgress }) };
  const nobodyAsks: Missing = { missing: 'nobody asks for it' };
  const searches = [
    findPostgres({ ...options.postgres, signal }),
    findMongo({ ...options.mongo, ...common }),
    options.rabbit ? findRabbit({ ...options.rabbit, ...common }) : nobodyAsks,
  ] as const;
  for (const search of searches) void Promise.resolve(search).catch((error: unknown) => failure.abort(error));
  const found = await Promise.allSettled(searches);
  const stop = async () => {
    const running = found.flatMap((result) =>
      result.status === 'fulfilled' && 'stop' in result.value ? [result.value] : [],
    );
    await Promise.all(running.map((server) => server.stop()));
  };
  const [postgres, mongo, rabbit] = found;
  if (postgres.status === 'rejected' || mongo.status === 'rejected' || rabbit.status === 'rejected') {
    await stop();
    throw signal.reason;
  }
  return { postgres: postgres.value, mongo: mongo.value, rabbit: rabbit.value, stop };
}
