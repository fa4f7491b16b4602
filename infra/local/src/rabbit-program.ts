import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Programs to run RabbitMQ with. */
export interface RabbitProgram {
  /** `rabbitmq-server`. */
  readonly server: string;
  /** `epmd`, which tells the Erlang programs of one machine each other's ports; no broker starts without one. */
  readonly epmd: string;
  /** Where it was found, for the progress line. */
  readonly from: string;
}

const debianFolder = '/usr/lib/rabbitmq/bin';

/** Looks for RabbitMQ on `searchPath` (as in PATH) and in Debian's folder.
 *  @returns the programs, or in `missing` the words that say what is not there */
export function findRabbitProgram(searchPath: string): RabbitProgram | { readonly missing: string } {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  const on = (name: string) => folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  const server = serverOf(folders);
  if (!server) return { missing: 'there is no rabbitmq-server on the PATH and RABBITMQ_URL is not set' };
  const erl = on('erl');
  if (!erl) return { missing: `${server.server} needs Erlang, and there is no erl on the PATH` };
  const epmd = on('epmd') ?? join(dirname(realpathSync(erl)), 'epmd');
  if (!existsSync(epmd)) return { missing: `${server.server} needs Erlang's epmd, and there is none on the PATH` };
  return { ...server, epmd };
}

/** The script itself. What packages put on the PATH may be a wrapper that changes the user, and so the data's owner;
 *  the script is where its settings, `rabbitmq-env`, lie beside it. */
function serverOf(folders: readonly string[]): { server: string; from: string } | undefined {
  for (const folder of folders) {
    if (!existsSync(join(folder, 'rabbitmq-server'))) continue;
    const real = dirname(realpathSync(join(folder, 'rabbitmq-server')));
    if (existsSync(join(real, 'rabbitmq-env'))) return { server: join(real, 'rabbitmq-server'), from: 'the PATH' };
  }
  const server = join(debianFolder, 'rabbitmq-server');
  return existsSync(server) ? { server, from: debianFolder } : undefined;
}
