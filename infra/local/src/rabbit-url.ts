import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateDir } from './paths.ts';

/** Holds the URL of the broker that `npm start` uses, for its owner only and while it runs. */
export const rabbitUrlFile = join(stateDir, 'rabbitmq.url');

/** Lets other commands of this clone find the broker. @returns takes that back */
export function noteRabbitUrl(url: string, file = rabbitUrlFile): () => void {
  const forget = () => rmSync(file, { force: true });
  forget(); // what a killed run left may have other rights
  writeFileSync(file, `${url}\n`, { mode: 0o600 });
  return forget;
}
