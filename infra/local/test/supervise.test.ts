import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Daemon } from '../src/daemon.ts';
import { Refusal } from '../src/refusal.ts';
import { supervise } from '../src/supervise.ts';

/** A program whose start takes as long as the test likes, and heeds nobody meanwhile. */
function slowProgram(pid: number | undefined) {
  const did: string[] = [];
  const listeners: ((how: string) => void)[] = [];
  let begin = Promise.withResolvers<void>();
  const program: Daemon = {
    name: 'slow',
    pid,
    logFile: 'slow.log',
    async start() {
      did.push('starts');
      await begin.promise;
      did.push('runs');
    },
    async stop() {
      did.push('stops');
    },
    kill: async () => {},
    onDeath: (listener) => void listeners.push(listener),
    lastWords: () => '',
  };
  return {
    program,
    did,
    begin: () => begin.resolve(),
    fail: (why: string) => begin.reject(new Refusal(why)),
    startAgain: () => (begin = Promise.withResolvers<void>()),
    die: (how: string) => listeners.forEach((listener) => listener(how)),
  };
}

function supervised(isDead = false) {
  const said: string[] = [];
  const slow = slowProgram(isDead ? undefined : 1);
  const stopping = new AbortController();
  const supervisor = supervise([slow.program], { say: (line) => void said.push(line) }, stopping.signal);
  return { ...slow, said, supervisor, stop: () => stopping.abort() };
}

describe('a program that is looked after', () => {
  it('is stopped when its start is over, if it is switched off meanwhile, and does not count as running', async () => {
    const { program, supervisor, did, said, begin } = supervised();
    await supervisor.switchOff(program);
    const on = supervisor.switchOn(program);
    await sleep(10);
    const off = supervisor.switchOff(program);
    await sleep(10);
    expect(did).toEqual(['stops', 'starts']);
    begin();
    await Promise.all([on, off]);
    expect(did).toEqual(['stops', 'starts', 'runs', 'stops']);
    expect([supervisor.isUp(program), said]).toEqual([false, []]);
  });

  it('that cannot be started at once is tried again, without keeping whoever switched it on waiting', async () => {
    const { program, supervisor, did, said, fail, startAgain, begin } = supervised();
    await supervisor.switchOff(program);
    const on = supervisor.switchOn(program);
    fail('the port is taken');
    await on;
    expect(supervisor.isUp(program)).toBe(false);
    startAgain();
    begin();
    while (!supervisor.isUp(program)) await sleep(50);
    expect(did).toEqual(['stops', 'starts', 'starts', 'runs']);
    expect(said).toEqual([
      'slow died (the port is taken); it is started again in 1 s (log: slow.log).',
      'slow is back.',
    ]);
  });

  it('counts as running from the time it is back after a death', async () => {
    const { program, supervisor, begin, die } = supervised();
    expect(supervisor.isUp(program)).toBe(true);
    die('SIGKILL');
    expect(supervisor.isUp(program)).toBe(false);
    begin();
    while (!supervisor.isUp(program)) await sleep(50);
  });

  it('is started again if it has died before it was looked after', async () => {
    const { program, supervisor, did, said, begin } = supervised(true);
    expect(supervisor.isUp(program)).toBe(false);
    begin();
    while (!supervisor.isUp(program)) await sleep(50);
    expect(did).toEqual(['starts', 'runs']);
    expect(said).toEqual([
      'slow died (soon after its start); it is started again in 1 s (log: slow.log).',
      'slow is back.',
    ]);
  });

  it('is left alone once all is being stopped', async () => {
    const { program, supervisor, did, die, stop } = supervised();
    die('SIGKILL');
    stop();
    await sleep(1_200);
    expect([did, supervisor.isUp(program)]).toEqual([[], false]);
  });
});
