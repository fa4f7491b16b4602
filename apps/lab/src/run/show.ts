import { terminalReport } from '../report/terminal.ts';
import type { Analysis } from '../analysis/model.ts';
import type { Results } from './model.ts';
import type { Progress, Tell } from './progress.ts';
import { duration } from './schedule.ts';

/** Shows how a run goes on. */
export interface Shown {
  readonly tell: Tell;
  /** Once it is over. */
  end(results: Results, analysis: Analysis): Promise<void>;
}

/** A line of JSON on standard output for each step, for programs. */
export function jsonProgress(): Shown {
  return {
    tell: (progress) => void process.stdout.write(`${JSON.stringify(progress)}\n`),
    end: async () => {},
  };
}

/** For people: a line for each trial, and on a terminal one more that says what goes on right now. */
export function textProgress(out: NodeJS.WriteStream = process.stdout): Shown {
  let transient = false;
  const clear = () => {
    if (transient) out.write('\r\u001b[K');
    transient = false;
  };
  const say = (line: string) => {
    clear();
    out.write(`${line}\n`);
  };
  const hint = (line: string) => {
    if (!out.isTTY) return;
    clear();
    out.write(line.slice(0, out.columns - 1));
    transient = true;
  };
  let trial = '';

  const tell = (progress: Progress): void => {
    switch (progress.type) {
      case 'planned':
        say(`${progress.plan.title}: ${progress.plan.question}`);
        say(`About ${duration(progress.expectedMs)} for ${progress.contenders.join(', ')}.`);
        return progress.notes.forEach(say);
      case 'note':
        return say(progress.text);
      case 'trial':
        trial = `[${progress.number}/${progress.of}] ${progress.stage}, block ${progress.block}, ${progress.contender}`;
        return hint(`${trial}: starting; ${duration(progress.remainingMs)} left`);
      case 'phase':
        return hint(`${trial}: ${progress.name} at ${progress.rate} sessions/s`);
      case 'second': {
        const { phase, rate, second, answered, p99 } = progress;
        return hint(
          `${trial}: ${phase} at ${rate} sessions/s, second ${second + 1}: ${answered} answers, p99 ${p99?.toFixed(0) ?? '-'} ms`,
        );
      }
      case 'phase-ended':
        return;
      case 'trial-ended': {
        const left = progress.remainingMs > 0 ? `; ${duration(progress.remainingMs)} left` : '';
        return say(`[${progress.number}/${progress.of}] ${progress.line}${left}`);
      }
      case 'done':
        return clear();
    }
  };
  return {
    tell,
    end: async (results, analysis) => {
      clear();
      out.write(`${terminalReport(results, analysis)}\n`);
    },
  };
}
