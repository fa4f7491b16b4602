import { execFile } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { canReach, databaseUser } from '../src/database-user.ts';
import { root } from '../src/paths.ts';
import { missingRabbit } from '../src/rabbit.ts';

const isRoot = process.getuid?.() === 0;
const other = isRoot ? databaseUser(['nobody']) : undefined;
// Node and the packages are this clone's: who cannot reach them, as below /root, cannot run this.
const whenRoot = isRoot && process.platform === 'linux' ? it : it.skip;
const isReachable = other && canReach(process.execPath, other) && process.platform === 'linux';
const whenReachable = isReachable ? it : it.skip;
const withRabbit = isReachable && missingRabbit() === undefined ? it : it.skip;

interface Answer {
  data: string;
  dataOwner: number;
  serverOwner: number;
  /** What the server wrote to its log as an error. */
  complaints?: string;
}

/** A clone of our part in a folder with these rights, whose private server is run and stopped. */
async function runInClone(
  mode: number,
  as?: { uid: number; gid: number },
  fixture = 'private-postgres.ts',
  prefix = 'twinstore-clone-',
): Promise<Answer & { clone: string }> {
  const clone = mkdtempSync(join(tmpdir(), prefix));
  try {
    mkdirSync(join(clone, 'infra'));
    cpSync(join(root, 'infra', 'local'), join(clone, 'infra', 'local'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
    chmodSync(clone, mode);
    if (as) chownSync(clone, as.uid, as.gid);
    const script = join(clone, 'infra', 'local', 'test', 'fixtures', fixture);
    const env = { ...process.env, NODE_COMPILE_CACHE: '' };
    const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: clone, env, ...as });
    return { ...(JSON.parse(stdout) as Answer), clone };
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}

describe('PostgreSQL in a clone', () => {
  whenReachable("of an ordinary user's runs as that user", async () => {
    const { clone, data, dataOwner, serverOwner } = await runInClone(0o700, { uid: other!.uid, gid: other!.gid });
    expect(data).toBe(join(clone, '.twinstore', 'postgres'));
    expect([dataOwner, serverOwner]).toEqual([other!.uid, other!.uid]);
  });

  whenRoot("of root's runs as another user", async () => {
    const { clone, data, dataOwner, serverOwner } = await runInClone(0o755);
    expect(data).toBe(join(clone, '.twinstore', 'postgres'));
    expect(serverOwner).toBe(databaseUser()!.uid);
    expect(dataOwner).toBe(serverOwner);
  });

  whenRoot('that only root can enter keeps its data outside', async () => {
    const { data, serverOwner } = await runInClone(0o700);
    try {
      expect(data).toMatch(/^\/var\/tmp\/twinstore-[0-9a-f]{10}\/postgres$/);
      expect(serverOwner).toBe(databaseUser()!.uid);
    } finally {
      rmSync(join(data, '..'), { recursive: true, force: true });
    }
  });
});

describe('RabbitMQ in a clone', () => {
  withRabbit("of an ordinary user's runs as that user", async () => {
    const { clone, ...answer } = await runInClone(0o700, { uid: other!.uid, gid: other!.gid }, 'private-rabbit.ts');
    const data = join(clone, '.twinstore', 'rabbitmq');
    expect(answer).toEqual({ data, dataOwner: other!.uid, serverOwner: other!.uid });
  });

  withRabbit('whose path has blanks keeps its data outside', async () => {
    const user = { uid: other!.uid, gid: other!.gid };
    const { data, complaints } = await runInClone(0o700, user, 'private-rabbit.ts', 'twinstore clone ');
    try {
      expect(data).toMatch(/^\/var\/tmp\/twinstore-[0-9a-f]{10}\/rabbitmq$/);
      expect(complaints).toBeUndefined();
    } finally {
      rmSync(join(data, '..'), { recursive: true, force: true });
    }
  });
});
