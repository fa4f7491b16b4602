import { clustered } from './cluster.ts';
import type { Health } from './http/health.ts';
import { createLogger, type Logger } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { closeOnSignal, type Closable } from './shutdown.ts';
import { keepSpans } from './tracing/recorder.ts';

export interface Process {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
}

interface AppSteps {
  /** Once, before anything serves: migrations, seed. */
  prepare?(log: Logger): Promise<void>;
  /** In every worker. Answers what is to be closed at the end, in that order: from the shopper inward. */
  serve(process: Process): Promise<readonly Closable[]>;
}

interface CommonConfig {
  readonly LOG_LEVEL: string;
  readonly WORKERS: number;
  readonly PARENT_PIPE: '0' | '1';
  readonly XRAY: 'on' | 'off';
}

/** The life of every app: prepare, serve in so many workers, close on a signal. Cannot start: one sentence, exit 1. */
export async function startApp(name: string, config: CommonConfig, { prepare, serve }: AppSteps): Promise<void> {
  const log = createLogger(name, config.LOG_LEVEL);
  if (config.XRAY === 'on') keepSpans(name);
  try {
    await clustered(
      config.WORKERS,
      log,
      config.PARENT_PIPE === '1',
      async () => prepare?.(log),
      async () => {
        const parts = await serve({ log, metrics: createMetrics(name), health: { checks: {}, closing: false } });
        closeOnSignal(log, config.PARENT_PIPE === '1', ...parts);
        log.info('serving');
      },
    );
  } catch (error) {
    log.debug({ err: error }, 'cannot start');
    process.stderr.write(`${name} cannot start: ${sentence(error)}\n`);
    process.exit(1);
  }
}

/** What went wrong, for a person who can see neither the code nor the stack. */
function sentence(error: unknown): string {
  // Node tries every address of a host and throws all of its failures together.
  const one = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  if (!(one instanceof Error)) return String(one);
  const { code, address, port } = one as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'ECONNREFUSED')
    return `nothing answers at ${address}:${port}; is the database up, and its address right?`;
  if (code === 'ENOTFOUND') return `${one.message}; is the address of the database right?`;
  return one.message;
}
