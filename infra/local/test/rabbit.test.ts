import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { topology, type Topology } from '@twinstore/contracts';
import { stateDir } from '../src/paths.ts';
import { findRabbitProgram } from '../src/rabbit-program.ts';
import { deleteNamespace } from '../src/rabbit-namespace.ts';
import { noteRabbitUrl } from '../src/rabbit-url.ts';
import { findRabbit, missingRabbit, type Rabbit, type RabbitOptions } from '../src/rabbit.ts';
import { removeRunFolder, runFolder } from '../src/run-folder.ts';

const given = process.env.TEST_RABBITMQ_URL;
const whenGiven = given === undefined ? it.skip : it;
const describeOurs = missingRabbit() === undefined ? describe : describe.skip;
const folder = join(runFolder('test'), 'own-rabbitmq');
const dataDir = join(stateDir, folder);
const logFile = join(stateDir, 'logs', runFolder('test'), 'own-rabbitmq.log');

async function open(more: RabbitOptions = {}): Promise<Rabbit> {
  const rabbit = await findRabbit({ folder, logFile, ...more });
  if ('missing' in rabbit) throw new Error(rabbit.missing);
  opened.push(rabbit);
  return rabbit;
}
const opened: Rabbit[] = [];

/** The one that runs, for tests that need no new one. */
const running = async () => opened.findLast(({ server }) => server?.pid !== undefined) ?? (await open());

/** Puts a message into a durable queue, confirmed. */
async function put(url: string, words: string): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('kept', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  channel.sendToQueue('kept', Buffer.from(words), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
}

/** Takes one out. A quorum queue needs a moment after its broker's start until it has found its leader. */
async function take(url: string): Promise<string | undefined> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    for (let attempt = 0; attempt < 50; attempt++) {
      const message = await channel.get('kept', { noAck: true });
      if (message) return message.content.toString();
      await sleep(100);
    }
    return undefined;
  } finally {
    await connection.close();
  }
}

const pidsOf = (rabbit: Rabbit) => [
  rabbit.server!.pid!,
  Number(readFileSync(join(dataDir, 'epmd.pid'), 'utf8').split(' ')[0]),
];

/** Which of them still run after 10 s at most; a dead one that nobody has buried does not. */
async function stillRunning(pids: readonly number[]): Promise<number[]> {
  const runs = (pid: number) =>
    existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  for (let waited = 0; waited < 10_000 && pids.some(runs); waited += 50) await sleep(50);
  return pids.filter(runs);
}

async function occupy(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening').catch(() => {}); // then somebody else occupies it
  return server;
}

describeOurs('a private RabbitMQ', () => {
  afterAll(async () => {
    for (const rabbit of opened) await rabbit.stop();
    removeRunFolder(runFolder('test'));
  });

  it('keeps its messages and its password over a restart', async () => {
    const first = await open();
    await put(first.url, 'before the restart');
    const pids = pidsOf(first);
    await first.stop();
    expect(await stillRunning(pids)).toEqual([]);
    const second = await open();
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    expect(await take(second.url)).toBe('before the restart');
  });

  it('keeps its secrets to itself', async () => {
    for (const file of ['twinstore.password', 'rabbitmq.conf', join('home', '.erlang.cookie')]) {
      expect(statSync(join(dataDir, file)).mode & 0o077).toBe(0);
    }
    const wrong = new URL((await running()).url);
    wrong.password = 'guessed';
    await expect(connect(wrong.href)).rejects.toThrow(/ACCESS.REFUSED/);
  });

  it('comes back at the same URL with all messages after a kill -9, and says so when its port is taken meanwhile', async () => {
    const { url, server } = await running();
    await put(url, 'before the kill');
    await server!.kill();
    const taken = await occupy(Number(new URL(url).port));
    await expect(server!.start()).rejects.toThrow(
      /^RabbitMQ could not start: another program has taken its port \(log: /,
    );
    taken.close();
    await server!.start();
    expect(await take(url)).toBe('before the kill');
  });

  it('takes over from one that was left running on its data', async () => {
    const left = await running();
    await put(left.url, 'by the one that was left');
    const pids = pidsOf(left);
    const { url } = await open();
    expect(await stillRunning(pids)).toEqual([]);
    expect(await take(url)).toBe('by the one that was left');
  });

  it('runs beside another, and where the usual ports are taken', async () => {
    const first = await running();
    const usual = await Promise.all([4369, 5672, 25_672].map(occupy));
    const other = join(runFolder('test'), 'other-rabbitmq');
    const beside = await open({ folder: other, throwaway: true });
    await put(beside.url, 'to the other');
    const connection = await connect(first.url);
    await connection.close();
    await beside.stop();
    expect(existsSync(join(stateDir, other))).toBe(false);
    for (const server of usual) server.close();
  });

  it('does not outlive a parent that was killed, and starts although its files name other programs', async () => {
    await (await running()).stop();
    writeFileSync(join(dataDir, 'rabbitmq.pid'), String(process.pid));
    writeFileSync(join(dataDir, 'epmd.pid'), `${process.pid} 4369`);
    const script = join(import.meta.dirname, 'fixtures', 'rabbit-parent.ts');
    const parent = spawn(process.execPath, [script, folder, logFile], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pids = [Number(line.toString()), Number(readFileSync(join(dataDir, 'epmd.pid'), 'utf8').split(' ')[0])];
    parent.kill('SIGKILL');
    expect(await stillRunning(pids)).toEqual([]);
  });
});

describe('RABBITMQ_URL', () => {
  it('that nobody answers at is named, its password is not', async () => {
    await expect(findRabbit({ url: 'amqp://me:hush@127.0.0.1:1' })).rejects.toThrow(
      /^RABBITMQ_URL \(amqp:\/\/me:\*\*\*@127\.0\.0\.1:1\) does not let us in \(.*ECONNREFUSED.*\): start that broker or/,
    );
  });

  whenGiven('that answers is taken as it is', async () => {
    const rabbit = await findRabbit({ url: given });
    expect(rabbit).toMatchObject({ url: given, origin: expect.stringMatching(/^RabbitMQ \d.* from RABBITMQ_URL$/) });
    expect(rabbit).not.toHaveProperty('server');
  });

  whenGiven('with a password that is refused says so', async () => {
    const wrong = new URL(given!);
    wrong.password = 'guessed';
    await expect(findRabbit({ url: wrong.href })).rejects.toThrow(
      /^RABBITMQ_URL \(.*:\*\*\*@.*does not let us in \(.*REFUSED/,
    );
  });

  whenGiven('gets rid of one namespace, and of no other', async () => {
    const connection = await connect(given!);
    const channel = await connection.createChannel();
    channel.on('error', () => {}); // it is closed by a question after what is not there
    const [mine, other] = [`mine-${process.pid}`, `mine-${process.pid}-too`].map(topology) as [Topology, Topology];
    for (const names of [mine, other]) {
      await channel.assertExchange(names.events, 'topic');
      await channel.assertQueue(names.deadLetters('cart'), { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    }
    await deleteNamespace(given!, `mine-${process.pid}`);
    await channel.checkExchange(other.events);
    await channel.checkQueue(other.deadLetters('cart'));
    await expect(channel.checkQueue(mine.deadLetters('cart'))).rejects.toThrow(/NOT.FOUND/);
    await connection.close();
    await deleteNamespace(given!, `mine-${process.pid}-too`);
  });

  it('is noted for other commands of the same user while npm start runs', () => {
    const file = join(tmpdir(), `rabbitmq-${process.pid}.url`);
    const forget = noteRabbitUrl('amqp://me:hush@db', file);
    expect(readFileSync(file, 'utf8').trim()).toBe('amqp://me:hush@db');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    forget();
    expect(existsSync(file)).toBe(false);
  });
});

describe('the search for a RabbitMQ', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'twinstore-rabbit-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const make = (...names: string[]) => {
    for (const name of names) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), '');
    }
  };

  it('takes the program itself, not a wrapper on the PATH that changes the user', () => {
    make('lib/rabbitmq-env', 'lib/rabbitmq-server', 'lib/wrapper', 'bin/erl', 'bin/epmd');
    symlinkSync('../lib/wrapper', join(folder, 'bin', 'rabbitmq-server'));
    expect(findRabbitProgram(join(folder, 'bin'))).toEqual({
      server: join(folder, 'lib', 'rabbitmq-server'),
      epmd: join(folder, 'bin', 'epmd'),
      from: 'the PATH',
    });
  });

  it('finds epmd beside erl, where only that is on the PATH', () => {
    make('bin/rabbitmq-env', 'bin/rabbitmq-server', 'erlang/erl', 'erlang/epmd');
    symlinkSync('../erlang/erl', join(folder, 'bin', 'erl'));
    expect(findRabbitProgram(join(folder, 'bin'))).toMatchObject({ epmd: join(folder, 'erlang', 'epmd') });
  });

  it('says what is missing', () => {
    make('bin/rabbitmq-env', 'bin/rabbitmq-server');
    expect(findRabbitProgram(join(folder, 'bin'))).toEqual({
      missing: `${join(folder, 'bin', 'rabbitmq-server')} needs Erlang, and there is no erl on the PATH`,
    });
  });
});
