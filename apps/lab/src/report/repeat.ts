import { plans } from '../plans/index.ts';
import type { Results } from '../run/model.ts';

/** The command that does it again: the same arrivals and choices, on the machine where it is typed. */
export function repeatCommand({ plan, settings }: Results): string {
  const { contenders, seed, blocks, rate, seconds, warmUpSeconds, budget, carts, stores, smoke } = settings;
  const usual = plans[plan.name]?.contenders ?? [];
  const options = [
    ...(stores.length === 0 && contenders.join() !== usual.join() ? ['--contenders', contenders.join(',')] : []),
    ...option('--blocks', blocks),
    ...option('--rate', rate),
    ...option('--seconds', seconds),
    ...option('--warm-up', warmUpSeconds),
    ...(budget === 'shared' ? [] : ['--budget', budget]),
    ...(carts === 'postgres' ? [] : ['--carts', carts]),
    ...stores.flatMap(({ name, url, behind }) => ['--url', `${name}=${[url, ...behind].join(',')}`]),
    ...(smoke ? ['--smoke'] : []),
    '--seed',
    seed,
  ];
  return ['npm run lab -- run', quoted(plan.name), ...options.map(quoted)].join(' ');
}

const option = (name: string, value: number | undefined) => (value === undefined ? [] : [name, String(value)]);

/** For a shell, where it needs it. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
