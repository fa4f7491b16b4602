import { join } from 'node:path';
import { findRabbit, type Rabbit, type RabbitOptions, Refusal, tell } from '@twinstore/local';
import { coreList } from '../machine/cores.ts';
import type { Place } from './stage.ts';

/** Starts a RabbitMQ that is new and one trial's own, on the contender's cores, and so part of what that trial costs: a
 *  broker that others use as well could not be counted. `stop` deletes its data.
 *  @param trial  a short name of the trial, good for a folder
 *  @throws Refusal  there is no RabbitMQ here, or it does not start; nothing is left running */
export async function startBroker(
  trial: string,
  { folder, logDir, cores, signal }: Place,
  { cgroup, ...options }: Pick<RabbitOptions, 'install' | 'onProgress'> & { readonly cgroup?: string | undefined } = {},
): Promise<Rabbit> {
  const rabbit = await findRabbit({
    folder: join(folder, `${trial}-broker`),
    throwaway: true,
    logFile: join(logDir, trial, 'broker.log'),
    signal,
    ...options,
    ...(cores.pinned && { cpus: coreList(cores.contender) }),
    ...(cgroup && { cgroup }),
  });
  if ('missing' in rabbit) throw new Refusal(rabbit.missing);
  return rabbit;
}

/** Why contenders that need a broker cannot be compared here, found out by starting one, installed first where that is
 *  possible; undefined when they can. */
export async function brokerFault(place: Place): Promise<string | undefined> {
  try {
    const broker = await startBroker('first-look', place, { install: true, onProgress: place.say });
    await broker.stop();
    return undefined;
  } catch (error) {
    place.signal.throwIfAborted();
    if (error instanceof Refusal) return tell(error).replace(/\.$/, '');
    throw error;
  }
}
