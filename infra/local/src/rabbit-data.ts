import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outsideFolder, stateDir, stateFolder } from './paths.ts';
import { newSecret } from './secrets.ts';

/** The user that a private broker makes when it is new. */
export const rabbitUser = 'twinstore';

/** What a private broker keeps, all of it below one folder. */
export interface RabbitData {
  readonly dir: string;
  /** Set in the broker's command line, so that it can be told from others. */
  readonly mark: string;
  readonly password: string;
  /** Holds the broker's process id while it runs. */
  readonly pidFile: string;
  /** Holds the process id and the port of the broker's epmd. */
  readonly epmdFile: string;
}

/** The folder for a broker's data, made where missing: below `.twinstore`, or in `outsideDir` when that path has
 *  blanks or the like, which RabbitMQ's own calls of `df` do not cope with. */
export function rabbitData(folder: string): RabbitData {
  const dir = /^[\w./@+-]+$/.test(stateDir) ? stateFolder(folder) : outsideFolder(folder);
  const passwordFile = join(dir, 'twinstore.password');
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, `${newSecret()}\n`, { mode: 0o600 });
  return {
    dir,
    mark: createHash('sha256').update(dir).digest('hex').slice(0, 16),
    password: readFileSync(passwordFile, 'utf8').trim(),
    pidFile: join(dir, 'rabbitmq.pid'),
    epmdFile: join(dir, 'epmd.pid'),
  };
}

const readyFile = 'has-been-ready';

/** Notes that the broker has made what it needs. */
export const noteReady = ({ dir }: RabbitData): void => writeFileSync(join(dir, readyFile), '');

/** Deletes the data of a broker that has never been ready: one that was ended while it made its user would never make
 *  up for it, and nobody has put anything there yet. */
export function clearHalfMade({ dir }: RabbitData): void {
  if (!existsSync(join(dir, readyFile))) rmSync(join(dir, 'data'), { recursive: true, force: true });
}

/** Deletes the data of a broker that is stopped. */
export function removeRabbitData({ dir }: RabbitData): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

/** Writes the files that the broker reads at its start. */
export function writeRabbitSettings({ dir, password }: RabbitData, port: number): void {
  mkdirSync(join(dir, 'home'), { recursive: true, mode: 0o700 });
  const cookie = join(dir, 'home', '.erlang.cookie');
  if (!existsSync(cookie)) writeFileSync(cookie, newSecret(), { mode: 0o400 });
  writeFileSync(join(dir, 'enabled_plugins'), '[].\n');
  const settings = {
    'listeners.tcp.1': `127.0.0.1:${port}`,
    default_user: rabbitUser,
    default_pass: password,
    'log.file': 'false',
    'log.console': 'true',
    'log.console.level': 'warning',
    'log.console.use_colors': 'off',
    // A queue's log is kept in memory up to this size; the default of 512 MB would be most of what a small machine has.
    'raft.wal_max_size_bytes': '67108864',
    // Publishers are held up only where the machine itself is about to run out.
    'vm_memory_high_watermark.relative': '0.6',
    'disk_free_limit.absolute': '50MB',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(join(dir, 'rabbitmq.conf'), lines.join(''), { mode: 0o600 });
}

/** The broker's environment: all that it keeps is in its folder, and nothing of a RabbitMQ of the machine's is read. */
export function rabbitEnv({ dir }: RabbitData, ports: { epmd: number; distribution: number }): Record<string, string> {
  return {
    HOME: join(dir, 'home'),
    RABBITMQ_NODENAME: 'twinstore@localhost', // the data bear the node's name: a machine's may change
    RABBITMQ_MNESIA_BASE: join(dir, 'data'),
    RABBITMQ_LOG_BASE: join(dir, 'log'),
    RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
    RABBITMQ_CONFIG_FILES: join(dir, 'conf.d', '*.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(dir, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_PID_FILE: join(dir, 'rabbitmq.pid'),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_SCHEDULER_BIND_TYPE: 'u', // its threads share the cores with all else, and are not to be tied to one
    RUNNING_UNDER_SYSTEMD: 'true', // the script becomes the broker instead of waiting for it: one process, one pid
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_CRASH_DUMP_SECONDS: '0',
  };
}
