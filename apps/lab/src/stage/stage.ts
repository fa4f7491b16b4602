import { providerRoutes, storeClient } from '@twinstore/contracts';
import { Refusal } from '@twinstore/local';
import type { CoreLayout } from '../machine/cores.ts';
import type { CatalogItem } from '../load/journeys.ts';
import type { Meter } from '../machine/resources.ts';

/** A contender that runs. */
export interface Running {
  /** Front door. */
  readonly url: string;
  readonly providerUrl: string;
  /** Which PostgreSQL it runs on. */
  readonly postgres: string;
  /** Which message broker, where it has one that is ours. */
  readonly broker?: string | undefined;
  readonly meter: Meter;
  /** What sessions are planned for, where that is not the catalog as it now stands. */
  readonly shelf?: readonly CatalogItem[];
  /** The provider's journal holds charges for others too. */
  readonly isShared?: true;
  /** Calls back, once, with the sentence that says which of its processes ended. */
  onDeath(listener: (what: string) => void): void;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** Where and how contenders of our own are started. */
export interface Place {
  /** Folder below `.twinstore` for the data of this run. */
  readonly folder: string;
  /** Folder of the log files. */
  readonly logDir: string;
  readonly cores: CoreLayout;
  readonly signal: AbortSignal;
  /** For what takes long. */
  readonly say: (line: string) => void;
}

/** A contender that was to be compared and cannot be, here. */
export interface LeftOut {
  readonly contender: string;
  readonly why: string;
}

/** Where contenders are played against. */
export interface Stage {
  /** @param trial  a short name of the trial, good for a file. @throws Refusal  nothing is left running */
  start(contender: string, trial: string): Promise<Running>;
  stop(): Promise<void>;
  readonly leftOut: readonly LeftOut[];
  /** Folder of the log files, where they are ours. */
  readonly logDir?: string;
}

/** An instant and flawless card processor, the same for everybody. */
export async function resetProvider(providerUrl: string): Promise<void> {
  const answer = await storeClient(providerUrl)
    .call(providerRoutes.putBehavior, { body: {} })
    .catch(() => undefined);
  if (answer?.ok) return;
  const what = answer ? `it answers ${answer.status}` : `nothing answers at ${providerUrl}`;
  throw new Refusal(`The payment provider cannot be set up: ${what}.`);
}
