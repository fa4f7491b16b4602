import { existsSync, readFileSync, statSync } from 'node:fs';

/** Where the log ends now, for `faultSince`. */
export const endOfLog = (file: string): number => (existsSync(file) ? statSync(file).size : 0);

/** The first error that a broker logged since its log was so long: those that follow it are its echoes, in pages of
 *  Erlang terms. */
export function faultSince(file: string, start: number): string | undefined {
  const lines = readFileSync(file).subarray(start).toString().split('\n');
  if (lines.some((line) => line.includes('eaddrinuse'))) return 'another program has taken its port';
  const errors = lines.flatMap((line) => /\[error\] <[\d.]+> *(\S.*)/.exec(line)?.[1] ?? []);
  const end = lines.find((line) => /terminating|ERROR:|: not found|Permission denied/.test(line));
  // One that ends in a colon is told by the next.
  const first = errors[0]?.endsWith(':') ? errors.slice(0, 2).join(' ') : errors[0];
  return (first ?? end)?.slice(0, 300);
}
