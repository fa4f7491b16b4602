import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { relative } from 'node:path';
import { stateFolder } from './paths.ts';
import { codeOf, Refusal } from './refusal.ts';

// Relative, since the path of a socket may have only some 100 characters; cli.ts works in the repository's folder.
const socketPath = () => relative(process.cwd(), stateFolder()) + '/start.sock';

/** Makes sure that one `npm start` runs in this clone. The lock is a socket and not a file with a process id: it is
 *  gone with its process, however that ended, and nobody else can be taken for it.
 *  @returns lets go of the lock
 *  @throws Refusal  when it is held */
export async function takeStartLock(path = socketPath()): Promise<() => void> {
  const unlock = await takeLock(path);
  if (!unlock) throw new Refusal('`npm start` runs in this clone already: use that one, or stop it with Ctrl-C there.');
  return unlock;
}

/** Takes the lock of that path. @returns lets go of it; undefined when another process holds it */
export async function takeLock(path: string): Promise<(() => void) | undefined> {
  for (;;) {
    const server = await listen(path);
    if (server) {
      server.unref();
      return () => server.close();
    }
    if (await isHeld(path)) return undefined;
    rmSync(path, { force: true }); // its holder was killed
  }
}

/** Whether an `npm start` runs in this clone. */
export const isStarted = (path = socketPath()): Promise<boolean> => isHeld(path);

function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** Undefined where there is such a socket already. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(path, () => resolve(server));
  });
}
