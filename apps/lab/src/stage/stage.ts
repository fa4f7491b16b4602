import { type Behavior, providerRoutes } from '@twinstore/contracts';
import { Refusal, type startStack } from '@twinstore/local';
import type { CoreLayout } from '../machine/cores.ts';
import type { CatalogItem } from '../load/journeys.ts';
import type { MetricsSources } from '../machine/metrics-source.ts';
import type { Meter } from '../machine/resources.ts';
import { patientClient } from './client.ts';

/** A contender that runs. */
export interface Running {
  /** Front door. */
  readonly url: string;
  readonly providerUrl: string;
  /** Which PostgreSQL it runs on. */
  readonly postgres: string;
  /** Which message broker, where it has one that is ours. */
  readonly broker?: string | undefined;
  /** A new one for each window. */
  meter(): Meter;
  /** Where its processes tell of themselves, by name, for `processWatch`; without those that do not. */
  readonly metricsOf: MetricsSources;
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
  /** Starts the apps; default: those of this working tree. */
  readonly startStack?: typeof startStack;
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
  /** How fast the machine is just now, while no contender runs; where that can be told. */
  yardstick?(): Promise<number | undefined>;
  readonly leftOut: readonly LeftOut[];
  /** What `start` takes, where it became known only here: of stores that were given without a name. */
  readonly names?: readonly string[];
  /** Folder of the log files, where they are ours. */
  readonly logDir?: string;
}

/** Makes the card processor behave like this; without `behavior`, at once and flawlessly. @throws Refusal  it cannot be
 *  had there */
export async function setProvider(providerUrl: string, behavior: Partial<Behavior> = {}): Promise<void> {
  const route = providerRoutes.putBehavior;
  const refuse = (what: string) => new Refusal(`The payment provider cannot be set up: ${what}.`);
  const answer = await patientClient(providerUrl)
    .call(route, { body: behavior })
    .catch((error: unknown) => {
      throw refuse(error instanceof SyntaxError ? noProvider(providerUrl) : `nothing answers at ${providerUrl}`);
    });
  if (!answer.ok) throw refuse(`it answers ${answer.status} at ${providerUrl}`);
  if (!route.responses[200].safeParse(answer.body).success) throw refuse(noProvider(providerUrl));
}

const noProvider = (url: string) => `what answers at ${url} is no payment provider of ours`;
