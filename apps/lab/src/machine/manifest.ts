import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from '@twinstore/local';
import { ownLimit } from './cgroups.ts';

/** What a result depends on beside the code that is compared. What this machine does not tell is left out. */
export interface Manifest {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Kind of system, version of its kernel, architecture. */
  readonly system: string;
  /** Name and version of the operating system: `Debian GNU/Linux 12 (bookworm)`. */
  readonly distribution?: string | undefined;
  /** Whether this is a virtual machine, a container, or both. */
  readonly inside?: string | undefined;
  /** How the cores' speed is chosen: `governor performance, turbo on`. */
  readonly frequency?: string | undefined;
  /** In cores: a limit on this container or service, with all that runs in it. */
  readonly cpuLimit?: number | undefined;
  /** Of the last minute, before the run: processes that ran or wanted to. Far above 0, others were busy here. */
  readonly loadAverage?: number | undefined;
  readonly node: string;
  /** Commit of this repository, `+ changes` with a digest of them where files differ from it; undefined where git cannot
   *  tell. */
  readonly commit: string | undefined;
  /** Versions of the libraries that the stores are built on, by name. */
  readonly libraries: Readonly<Record<string, string>>;
  /** SHA-256 of package-lock.json, the first 12 digits: equal for the same versions of all libraries. */
  readonly lock?: string | undefined;
}

export function readManifest(): Manifest {
  const lock = text(join(root, 'package-lock.json'));
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    distribution: /^PRETTY_NAME="?(.*?)"?$/m.exec(text('/etc/os-release'))?.[1],
    inside: surroundings(),
    frequency: frequency(),
    cpuLimit: ownLimit()?.cores,
    loadAverage: loadavg()[0],
    node: process.version,
    commit: commit(),
    libraries: libraries(),
    lock: lock === '' ? undefined : digest(lock).slice(0, 12),
  };
}

function surroundings(): string | undefined {
  const isVirtual = /^flags\s*:.*\bhypervisor\b/m.test(text('/proc/cpuinfo'));
  const isContained = ['/.dockerenv', '/run/.containerenv', '/var/run/secrets/kubernetes.io'].some(existsSync);
  const found = [isContained ? 'a container' : '', isVirtual ? 'a virtual machine' : ''].filter((each) => each !== '');
  return found.length === 0 ? undefined : found.join(' in ');
}

function frequency(): string | undefined {
  const base = '/sys/devices/system/cpu';
  const governor = text(`${base}/cpu0/cpufreq/scaling_governor`).trim();
  // One driver tells whether it may be used, the others whether it may not.
  const [boost, noTurbo] = [text(`${base}/cpufreq/boost`).trim(), text(`${base}/intel_pstate/no_turbo`).trim()];
  const turbo = boost === '1' || noTurbo === '0' ? 'turbo on' : boost === '0' || noTurbo === '1' ? 'turbo off' : '';
  const found = [governor && `governor ${governor}`, turbo].filter((each) => each !== '');
  return found.length === 0 ? undefined : found.join(', ');
}

function commit(): string | undefined {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  const head = git('rev-parse', 'HEAD');
  if (head.status !== 0) return undefined;
  const changes = [git('status', '--porcelain').stdout, git('diff', 'HEAD').stdout].join('').trim();
  return head.stdout.trim() + (changes === '' ? '' : ` + changes ${digest(changes).slice(0, 8)}`);
}

const digest = (content: string) => createHash('sha256').update(content).digest('hex');

/** Whatever the modules and their plumbing name as a dependency, as it is installed. */
function libraries(): Record<string, string> {
  const packages = join(root, 'packages');
  const named = readdirSync(packages).flatMap((name) =>
    Object.keys(readPackage(join(packages, name))?.dependencies ?? {}),
  );
  const foreign = [...new Set(named)].filter((name) => !/^@(twinstore|types|jest)\//.test(name)).toSorted();
  return Object.fromEntries(
    foreign.flatMap((name) => {
      const version = readPackage(join(root, 'node_modules', name))?.version;
      return version ? [[name, version]] : [];
    }),
  );
}

interface Package {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function readPackage(folder: string): Package | undefined {
  const found = text(join(folder, 'package.json'));
  return found === '' ? undefined : (JSON.parse(found) as Package);
}

/** '' for what is not there, or not ours to read. */
function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
