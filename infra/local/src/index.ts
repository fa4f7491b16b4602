/** Starting and stopping this repository's programs on one machine, for its own commands and for the lab. */
export {
  type DatabaseNames,
  dropDatabases,
  provisionDatabases,
  type StoreDatabase,
  storeDatabases,
} from './databases.ts';
export type { Daemon } from './daemon.ts';
export { dropMongoDatabase, findMongo, type Mongo, mongoDatabase, type MongoOptions } from './mongo.ts';
export { root, stateDir } from './paths.ts';
export { claimPort, freePort } from './ports.ts';
export { findPostgres, type Postgres, type PostgresOptions } from './postgres.ts';
export { app, type AppOptions, type Proc } from './processes.ts';
export { deleteNamespace } from './rabbit-namespace.ts';
export { deadLetters } from './dead-letters.ts';
export { findRabbit, missingRabbit, type Rabbit, type RabbitOptions } from './rabbit.ts';
export { Refusal, tell } from './refusal.ts';
export { removeRunFolder, runFolder, sweepRunFolders } from './run-folder.ts';
export { readSettings, type Settings } from './settings.ts';
export { type Door, type DoorName, doorNames, doorsWith, type Stack, type StackOptions, startStack } from './stack.ts';
