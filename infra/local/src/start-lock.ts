import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { relative } from 'node:path';
import { stateFolder } from './paths.ts';
import { Refusal } from './refusal.ts';

// Relative, since the path of a socket may have only some 100 characters; cli.ts works in the repository's folder.
const socketPath = () => relative(process.cwd(), stateFolder()) + '/start.sock';

/** Makes sure that one `npm start` runs in this clone. The lock is a socket and not a file with a process id: it is
 *  gone with its process, however that ended, and nobody else can be taken for it.
 *  @returns lets go of the lock
 *  @throws Refusal  when it is held */
export async function takeStartLock(path = socketPath()): Promise<() => void> {
  if (await isHeld(path))
    throw new Refusal('`npm start` runs in this clone already: use that one, or stop it with Ctrl-C there.');
  rmSync(path, { force: true });
  const server = await listen(path);
  server.unref();
  return () => server.close();
}

/** Whether an `npm start` runs in this clone. */
export const isStarted = (path = socketPath()): Promise<boolean> => isHeld(path);

function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}
