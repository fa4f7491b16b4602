/** One line of the self-test's table: what a check expected of the rig, and what it found. */
export interface Row {
  readonly check: string;
  readonly expected: string;
  readonly measured: string;
  readonly verdict: 'passed' | 'FAILED' | `skipped because ${string}`;
}

export const verdictOf = (isGood: boolean): Row['verdict'] => (isGood ? 'passed' : 'FAILED');

/** Progress, for whoever waits. */
export type Say = (line: string) => void;

export const thousands = (count: number): string => Math.round(count).toLocaleString('en-US');
