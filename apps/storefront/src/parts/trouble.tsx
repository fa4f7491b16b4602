import { NoAnswer, Refusal } from '../store/client.ts';
import { useHeir } from './focus.ts';
import { capital } from './format.ts';

/** Why something could not be had, and the way to ask again. */
export function Trouble({ error, retry, of }: { error: unknown; retry: () => void; of: string }) {
  const box = useHeir<HTMLDivElement>();
  return (
    <div ref={box} className="note bad" role="alert">
      <p>
        <strong>{headline(error)}</strong> {capital(of)} could not be loaded.
      </p>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

/** What stands in the way, as a sentence. */
export function headline(error: unknown): string {
  if (error instanceof NoAnswer) return 'The store does not answer.';
  if (error instanceof Refusal && error.problem.status === 503)
    return `${error.problem.detail ?? 'A part of the store is away'}.`;
  if (error instanceof Refusal) return `${error.message}.`;
  return 'Something went wrong.';
}
