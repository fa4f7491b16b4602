import { Server } from 'node:http';

/** Imported into a monolith before its own code (`node --import=…/handicap.ts?ms=1`): each request costs it so many ms of
 *  CPU time more. */
const ms = Number(new URL(import.meta.url).searchParams.get('ms'));

const { emit } = Server.prototype;
Server.prototype.emit = function (this: Server, ...event: readonly unknown[]): boolean {
  if (event[0] === 'request') for (const end = performance.now() + ms; performance.now() < end;);
  return Reflect.apply(emit, this, event);
};
