import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openMutants } from '@twinstore/conformance';
import { removeRunFolder, root, runFolder, startStack, stateDir, sweepRunFolders } from '@twinstore/local';
import type { CoreLayout } from '../machine/cores.ts';
import type { Trial } from '../run/model.ts';
import { runTrial } from '../run/trial.ts';
import { readCatalog } from '../stage/catalog.ts';
import { freshStage } from '../stage/contenders.ts';
import type { Place, Running, Stage } from '../stage/stage.ts';
import { phasesOf, type PlaySuspect } from './caught.ts';
import { HANDICAP_MS } from './told-apart.ts';
import { handicapped, type PlayTwin, twinPhases } from './twins.ts';

const SEED = 'self-test';

export interface Surroundings {
  readonly cores: CoreLayout;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Monoliths that are started as contenders are. @throws Refusal  nothing is left running */
async function withStage<T>(
  name: string,
  { cores, signal, say }: Surroundings,
  use: (stage: Stage) => Promise<T>,
  more: Pick<Place, 'startStack'> = {},
): Promise<T> {
  sweepRunFolders(name);
  const folder = runFolder(name);
  try {
    const place = { folder, logDir: join(stateDir, 'logs', folder), cores, signal, say, ...more };
    const stage = await freshStage(['monolith'], place, undefined, false);
    try {
      return await use(stage);
    } finally {
      await stage.stop();
    }
  } finally {
    removeRunFolder(folder);
  }
}

export function withTwins<T>(surroundings: Surroundings, use: (play: PlayTwin) => Promise<T>): Promise<T> {
  let isSlower = false;
  const start: typeof startStack = (options) =>
    startStack(isSlower ? { ...options, envOf: { monolith: { NODE_OPTIONS: `--import=${HANDICAP}` } } } : options);
  const useStage = (stage: Stage) => {
    let number = 0;
    const monolith = { start: (_: string, trial: string) => stage.start('monolith', trial) };
    return use((twin, block) => {
      isSlower = twin === handicapped[1];
      const spec = { contender: twin, stage: 'twins', block, number: (number += 1) };
      return runTrial(spec, twinPhases, monolith, { seed: SEED, signal: surroundings.signal, tell: () => {} });
    });
  };
  return withStage('lab-twins', surroundings, useStage, { startStack: start });
}

const HANDICAP = new URL(`handicap.ts?ms=${HANDICAP_MS}`, import.meta.url).href;

/** Mutants are made in a copy of the working tree, and started by the copy's own launcher. */
export async function withMutants<T>(surroundings: Surroundings, use: (play: PlaySuspect) => Promise<T>): Promise<T> {
  const { mutants, copyWorkingTree } = await openMutants();
  const copy = copyWorkingTree(root);
  try {
    const launcher = pathToFileURL(join(copy.folder, 'infra/local/src/index.ts')).href;
    const { startStack: start } = (await import(launcher)) as { startStack: typeof startStack };
    const play = async (stage: Stage, suspect: Parameters<PlaySuspect>[0], number: number): Promise<Trial> => {
      const mutant = mutants.find(({ name }) => name === suspect.mutant);
      if (suspect.mutant !== undefined && !mutant) throw new Error(`there is no mutant that ${suspect.mutant}`);
      const [outdated] = mutant ? copy.outdated(mutant) : [];
      if (outdated !== undefined) throw new Error(outdated);
      const restore = mutant ? copy.mutate(mutant) : () => {};
      try {
        const spec = { contender: 'monolith', stage: suspect.mutant ?? 'as it is', block: 1, number };
        const shop = suspect.isScarce ? scarce(stage) : stage;
        return await runTrial(spec, phasesOf(suspect), shop, {
          seed: SEED,
          signal: surroundings.signal,
          tell: () => {},
        });
      } finally {
        restore();
      }
    };
    let number = 0;
    return await withStage(
      'lab-mutants',
      surroundings,
      (stage) => use((suspect) => play(stage, suspect, (number += 1))),
      { startStack: start },
    );
  } finally {
    copy.remove();
  }
}

/** So few units that they run out within seconds. */
const FEW = { products: 3, mostUnits: 60 };

function scarce(stage: Pick<Stage, 'start'>): Pick<Stage, 'start'> {
  return {
    async start(contender, trial): Promise<Running> {
      const running = await stage.start(contender, trial);
      const few = (await readCatalog(running.url))
        .filter(({ available }) => available > 0 && available <= FEW.mostUnits)
        .toSorted((one, other) => one.available - other.available);
      return { ...running, shelf: few.slice(0, FEW.products) };
    },
  };
}
