import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from '@twinstore/local';

/** What a result depends on beside the code that is compared. */
export interface Manifest {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** Commit of this repository, `+ changes` where files differ from it; undefined where git cannot tell. */
  readonly commit: string | undefined;
  /** Versions of the libraries that answer requests. */
  readonly libraries: Readonly<Record<string, string>>;
}

export function readManifest(): Manifest {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    commit: commit(),
    libraries: Object.fromEntries(
      ['express', 'pg', 'mongodb', 'amqplib', 'undici', 'zod'].map((name) => [name, versionOf(name)]),
    ),
  };
}

function commit(): string | undefined {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  const head = git('rev-parse', 'HEAD');
  if (head.status !== 0) return undefined;
  return head.stdout.trim() + (git('status', '--porcelain').stdout.trim() === '' ? '' : ' + changes');
}

function versionOf(library: string): string {
  const file = join(root, 'node_modules', library, 'package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
