import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Binding } from '@twinstore/platform';

/** Thrown in place of an answer when all is recorded and the network shall lose the answer. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
  readonly holdMs: number;

  /** `holdMs`: how long the caller is left waiting before the connection breaks. */
  constructor(holdMs: number) {
    super('the answer is lost on purpose');
    this.holdMs = holdMs;
  }
}

// Express knows a handler of errors by its four parameters.
function breakConnection(error: unknown, req: IncomingMessage, _res: ServerResponse, next: (error: unknown) => void) {
  if (!(error instanceof AnswerLost)) return next(error);
  setTimeout(() => req.socket.destroy(), error.holdMs);
}

/** The same binding, of which an answer can get lost. */
export const losing = ({ route, handlers }: Binding): Binding => ({
  route,
  handlers: (identify) => [...handlers(identify), breakConnection],
});
