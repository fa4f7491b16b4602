import { join } from 'node:path';
import { findMongo, findPostgres, type Mongo, type Postgres, Refusal } from '@twinstore/local';
import { coreList } from '../machine/cores.ts';
import type { Place } from './stage.ts';

/** What stands outside every contender and serves one after the other. */
export interface Outside {
  /** For the payment provider alone. */
  readonly postgres: Postgres;
  /** Only where carts are to be on MongoDB. */
  readonly mongo: Mongo | undefined;
  stop(): Promise<void>;
}

/** @param mongoCgroup  control group for a MongoDB of our own, where the budget is split
 *  @throws Refusal  nothing is left running */
export async function startOutside(
  place: Place,
  mongoUrl: string | undefined,
  withMongo: boolean,
  mongoCgroup: string | undefined,
): Promise<Outside> {
  const { folder, logDir, cores, signal } = place;
  const postgres = await findPostgres({
    folder: join(folder, 'provider'),
    throwaway: true,
    logFile: join(logDir, 'postgres-provider.log'),
    signal,
    ...(cores.pinned && { cpus: coreList(cores.generator) }),
  });
  const mongo = withMongo
    ? await findMongo({
        url: mongoUrl,
        folder: join(folder, 'mongodb'),
        download: true,
        logFile: join(logDir, 'mongodb.log'),
        signal,
        ...(cores.pinned && { cpus: coreList(cores.contender) }),
        ...(mongoCgroup && { cgroup: mongoCgroup }),
      }).catch(async (error: unknown) => {
        await postgres.stop();
        throw error;
      })
    : undefined;
  const stop = async () => {
    if (mongo && !('missing' in mongo)) await mongo.stop();
    await postgres.stop();
  };
  if (mongo && 'missing' in mongo) {
    await stop();
    throw new Refusal(`Carts cannot be on MongoDB: ${mongo.missing}.`);
  }
  return { postgres, mongo, stop };
}
