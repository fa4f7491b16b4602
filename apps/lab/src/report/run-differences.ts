import { createHash } from 'node:crypto';
import type { PlayedStage, Results } from '../run/model.ts';
import { serversOf } from '../analysis/played.ts';

/** What two runs do not have in common beside their numbers, said loudly; a sentence that all is the same otherwise. */
export function differences(a: Results, b: Results): string {
  const different = compared
    .map(([what, of]) => ({ what, inA: of(a), inB: of(b) }))
    .filter(({ inA, inB }) => inA !== inB)
    .map(({ what, inA, inB }) => `  ${what}: ${inA} in A, ${inB} in B`);
  return different.length === 0
    ? 'Plan, settings, commit and machine are the same.'
    : `NOT THE SAME in both, so differences below may come from here:\n${different.join('\n')}`;
}

const compared: readonly (readonly [what: string, of: (results: Results) => string])[] = [
  ['plan', ({ plan }) => plan.name],
  ['commit', ({ manifest }) => manifest.commit ?? 'unknown'],
  ['lockfile', ({ manifest }) => manifest.lock ?? 'unknown'],
  ['Node', ({ manifest }) => manifest.node],
  ['CPU', ({ manifest }) => manifest.cpu],
  ['cores', ({ manifest }) => String(manifest.cores)],
  ['memory', ({ manifest }) => `${(manifest.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
  ['system', ({ manifest }) => manifest.system],
  ['distribution', ({ manifest }) => manifest.distribution ?? 'unknown'],
  ['inside', ({ manifest }) => manifest.inside ?? 'nothing that is known'],
  ['CPU frequency', ({ manifest }) => manifest.frequency ?? 'unknown'],
  ['CPU limit', ({ manifest }) => String(manifest.cpuLimit ?? 'none')],
  ['libraries', ({ manifest }) => named(manifest.libraries)],
  ['core layout', ({ cores }) => `generator ${cores.generator.join()}, contender ${cores.contender.join()}`],
  ['seed', ({ settings }) => settings.seed],
  ['CPU budget', ({ settings }) => settings.budget],
  ['carts', ({ settings }) => settings.carts],
  ['contenders', ({ settings }) => settings.contenders.join(', ')],
  ['phases', ({ stages }) => stages.map(stageText).join('; ')],
  ['stores', ({ settings }) => settings.stores.map(({ name, url }) => `${name}=${url}`).join(' ') || 'started afresh'],
  ['cut short', ({ settings }) => (settings.smoke ? 'yes' : 'no')],
  ['complete', ({ partial }) => (partial ? 'no' : 'yes')],
  ['servers', serversOf],
  ['method', ({ method }) => createHash('sha256').update(JSON.stringify(method)).digest('hex').slice(0, 8)],
];

/** Without the rates, which a run may have found for itself: where they differ, that is told with their numbers. */
const stageText = ({ name, blocks, phases }: PlayedStage): string =>
  `${blocks} x ${name} (${phases.map((phase) => JSON.stringify({ ...phase, rate: undefined })).join(', ')})`;

const named = (versions: Readonly<Record<string, string>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
