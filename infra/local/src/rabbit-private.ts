import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Daemon, daemon } from './daemon.ts';
import { shown, stateDir } from './paths.ts';
import { freePort } from './ports.ts';
import type { Rabbit, RabbitOptions } from './rabbit.ts';
import { askRabbit, oldestRabbit } from './rabbit-answer.ts';
import {
  clearHalfMade,
  noteReady,
  rabbitData,
  rabbitEnv,
  rabbitUser,
  removeRabbitData,
  writeRabbitSettings,
} from './rabbit-data.ts';
import { endOfLog, faultSince } from './rabbit-log.ts';
import type { RabbitProgram } from './rabbit-program.ts';
import { endStaleEpmd, endStaleRabbit, epmdArgs } from './rabbit-stale.ts';
import { Refusal, wordsOf } from './refusal.ts';
import { programEnv } from './settings.ts';

/** Runs a RabbitMQ of our own on free ports; see `findRabbit`. */
export async function startPrivateRabbit(program: RabbitProgram, options: RabbitOptions): Promise<Rabbit> {
  const data = rabbitData(options.folder ?? 'rabbitmq');
  const port = await freePort();
  const ports = { epmd: await freePort(), distribution: await freePort() };
  const logFile = options.logFile ?? join(stateDir, 'logs', 'rabbitmq.log');
  const url = `amqp://${rabbitUser}:${data.password}@127.0.0.1:${port}`;
  const epmd = daemon({
    name: "RabbitMQ's epmd",
    command: program.epmd,
    args: epmdArgs(ports.epmd),
    env: programEnv(),
    cwd: '/',
    logFile: logFile.replace(/\.log$/, '-epmd.log'),
    stopSignal: 'SIGTERM',
    guarded: true,
    prepare: () => endStaleEpmd(data),
    isReady: () => accepts(ports.epmd),
  });
  const node = daemon({
    name: 'RabbitMQ',
    command: program.server,
    args: ['-twinstore', data.mark], // nothing reads it but `endStaleRabbit`
    env: { ...programEnv(), ...rabbitEnv(data, ports) },
    cwd: data.dir,
    logFile,
    ...(options.cpus && { cpus: options.cpus }),
    ...(options.cgroup && { cgroup: options.cgroup }),
    stopSignal: 'SIGTERM',
    guarded: true,
    prepare: async () => {
      await endStaleRabbit(data);
      clearHalfMade(data);
      writeRabbitSettings(data, port);
    },
    isReady: () => letsIn(url),
    readyTimeoutMs: 60_000,
  });
  const server = withEpmd(node, epmd, () => writeFileSync(data.epmdFile, `${epmd.pid} ${ports.epmd}`));
  const stop = async () => {
    await (options.throwaway ? server.kill() : server.stop(5_000));
    if (options.throwaway) removeRabbitData(data);
  };
  try {
    await server.start(options.signal);
    noteReady(data);
    const { version, isTooOld } = await askRabbit(url, 5_000);
    if (isTooOld)
      throw new Refusal(`RabbitMQ ${oldestRabbit} or newer is needed, and ${program.server} is ${version}.`);
    return { url, origin: `RabbitMQ ${version} from ${program.from}, data in ${shown(data.dir)}`, server, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A broker and the epmd that it needs, as one program. We run epmd ourselves: the one that a broker starts for itself
 *  would be nobody's child and live on. */
function withEpmd(node: Daemon, epmd: Daemon, onEpmd: () => void): Daemon {
  return {
    ...node,
    get pid() {
      return node.pid;
    },
    async start(signal) {
      const began = endOfLog(node.logFile);
      try {
        await epmd.start(signal);
        onEpmd();
        await node.start(signal);
      } catch (error) {
        await epmd.kill();
        signal?.throwIfAborted();
        if (error === refusesPassword) throw error;
        const why = faultSince(node.logFile, began) ?? wordsOf(error);
        throw new Refusal(`RabbitMQ could not start: ${why} (log: ${shown(node.logFile)}).`);
      }
    },
    async stop(graceMs) {
      await node.stop(graceMs);
      await epmd.stop();
    },
    async kill() {
      await node.kill();
      await epmd.kill();
    },
  };
}

const refusesPassword = new Refusal('The private RabbitMQ refuses its own password: `npm run reset` starts afresh.');

async function letsIn(url: string): Promise<boolean> {
  try {
    await askRabbit(url, 2_000);
    return true;
  } catch (error) {
    if (/ACCESS.REFUSED/.test(wordsOf(error))) throw refusesPassword;
    return false;
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
