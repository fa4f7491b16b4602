/** A fault that the person at the terminal can mend. Its message is the whole answer: no stack is shown. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** What to say of a thrown thing: a refusal's own sentence, and for anything else, a bug of ours, the stack. */
export function tell(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The code of a system error, such as `ECONNREFUSED`. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** A system error in few words. One that tried several addresses has a code but no message. */
export function wordsOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(message || codeOf(error) || 'no answer');
}
