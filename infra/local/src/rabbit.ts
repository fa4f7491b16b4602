import type { Daemon } from './daemon.ts';
import { askRabbit, oldestRabbit } from './rabbit-answer.ts';
import { installRabbit } from './rabbit-install.ts';
import { startPrivateRabbit } from './rabbit-private.ts';
import { findRabbitProgram } from './rabbit-program.ts';
import { Refusal, wordsOf } from './refusal.ts';
import { programEnv, withoutPassword } from './settings.ts';

export interface RabbitOptions {
  /** A broker that runs already (RABBITMQ_URL), with a user who may configure, write and read. */
  readonly url?: string | undefined;
  /** Folder below `.twinstore` for the data; default `rabbitmq`. */
  readonly folder?: string;
  /** `stop` deletes the data. */
  readonly throwaway?: boolean;
  /** Whether to install RabbitMQ where this machine has none and we may: as root on Debian and its like. */
  readonly install?: boolean;
  /** Cores to run on, as for `taskset -c`. */
  readonly cpus?: string;
  /** Control group to run in: its `cgroup.procs`. */
  readonly cgroup?: string;
  readonly logFile?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

export interface Rabbit {
  /** URL of the broker, with the user and the password. */
  readonly url: string;
  /** Which broker it is, in a few words: `RabbitMQ 3.10.8 from /usr/lib/rabbitmq/bin, data in .twinstore/rabbitmq`. */
  readonly origin: string;
  /** The broker itself, where we run it. Its `pid` is that of the Erlang machine, which does all the work. */
  readonly server?: Daemon;
  /** Stops what was started here; a broker that was given keeps running. */
  stop(): Promise<void>;
}

/** Finds a RabbitMQ or starts one: the given URL, else a private broker on free ports of 127.0.0.1, from the PATH or
 *  Debian's folder, or installed from Debian's packages where `install` allows it.
 *  @returns the broker, or in `missing` the sentence that says why there is none
 *  @throws Refusal  the given URL does not let us in, or a broker that is there does not start */
export async function findRabbit(options: RabbitOptions = {}): Promise<Rabbit | { readonly missing: string }> {
  if (options.url !== undefined) {
    const version = await checkGivenRabbit(options.url);
    return { url: options.url, origin: `RabbitMQ ${version} from RABBITMQ_URL`, stop: async () => {} };
  }
  const { PATH = '' } = programEnv();
  const program = findRabbitProgram(PATH);
  if (!('missing' in program)) return startPrivateRabbit(program, options);
  if (!options.install) return program;
  const failure = await installRabbit(program.missing, options);
  if (failure) return failure;
  const installed = findRabbitProgram(PATH);
  return 'missing' in installed ? installed : startPrivateRabbit(installed, options);
}

/** Why no RabbitMQ of our own can be run here; undefined when one can. */
export function missingRabbit(): string | undefined {
  const program = findRabbitProgram(programEnv().PATH ?? '');
  return 'missing' in program ? program.missing : undefined;
}

async function checkGivenRabbit(url: string): Promise<string> {
  const shown = withoutPassword(url);
  if (!URL.canParse(url)) {
    throw new Refusal(`RABBITMQ_URL is not a URL (${shown}): is its port a number, its password encoded?`);
  }
  try {
    const { product, version, isTooOld } = await askRabbit(url, 5_000);
    if (isTooOld)
      throw new Refusal(`RABBITMQ_URL is a ${product} ${version}, and RabbitMQ ${oldestRabbit} or newer is needed.`);
    return version;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      `RABBITMQ_URL (${shown}) does not let us in (${wordsOf(error)}): ` +
        'start that broker or mend the URL, or leave RABBITMQ_URL out to run a private RabbitMQ.',
    );
  }
}
