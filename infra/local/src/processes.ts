import { get } from 'node:http';
import { join } from 'node:path';
import { type Daemon, daemon } from './daemon.ts';
import { root, stateDir } from './paths.ts';
import { programEnv } from './settings.ts';

export interface AppOptions {
  /** Name in messages and of the log file; default: the app's. */
  readonly name?: string;
  /** Folder below `apps`. */
  readonly app: string;
  readonly port: number;
  /** Settings of the app; PORT is added. Of our own environment it sees only what any program needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Cores to run on, as for `taskset -c`. */
  readonly cpus?: string | undefined;
  /** Control group to run in: its `cgroup.procs`. */
  readonly cgroup?: string | undefined;
  /** Folder of the log file; default `.twinstore/logs`. */
  readonly logDir?: string;
  /** The program, where it is not the app's `src/main.ts`. */
  readonly main?: string;
  /** What the program is told on its command line; default: nothing. */
  readonly args?: readonly string[];
}

/** An app of this repository as a background process. */
export interface Proc extends Daemon {
  readonly url: string;
}

/** Describes an app as a background process; `start` runs it and waits for its `GET /readyz`. A restart, also after a
 *  `kill -9`, takes the same port. The app closes when we are gone: PARENT_PIPE tells it to watch its stdin. */
export function app({ app, name = app, port, env, cpus, cgroup, logDir, main, args = [] }: AppOptions): Proc {
  const url = `http://localhost:${port}`;
  const process_ = daemon({
    name,
    command: process.execPath,
    args: [main ?? join(root, 'apps', app, 'src', 'main.ts'), ...args],
    // For this machine alone, unless told otherwise: the admin token is a well-known one.
    env: { ...programEnv(), PARENT_PIPE: '1', BIND_ADDRESS: '127.0.0.1', ...env, PORT: String(port) },
    cwd: root,
    logFile: join(logDir ?? join(stateDir, 'logs'), `${name}.log`),
    ...(cpus && { cpus }),
    ...(cgroup && { cgroup }),
    stopSignal: 'SIGTERM',
    isReady: async () => (await statusOf(`http://127.0.0.1:${port}/readyz`)) === 200,
  });
  return Object.assign(process_, { url });
}

/** The status that a URL answers with, undefined when nothing answers within a second. */
export function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    // Without an agent: an idle connection kept open would be one more that the app must close when it stops.
    const request = get(url, { agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}
