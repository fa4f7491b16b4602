import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stateDir } from './paths.ts';

/** A new secret of 32 random bytes, safe in a URL. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** A secret that a restart finds again: made once and kept in `folder` (`.twinstore/secrets`), for its owner only. */
export function keptSecret(name: string, folder = join(stateDir, 'secrets')): string {
  const file = join(folder, name);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${newSecret()}\n`, { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}
