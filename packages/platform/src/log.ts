import { pino, type Logger } from 'pino';
import { currentRequest, traceIdOf } from './request-context.ts';

export type { Logger };

/**
 * JSON lines on standard output. Each line written while a request is served carries its ids. Secrets never get as far
 * as a log line: nothing logs bodies or headers.
 */
export const createLogger = (app: string, level: string): Logger =>
  pino({
    level,
    base: { app, pid: process.pid },
    mixin() {
      const request = currentRequest();
      return request ? { requestId: request.requestId, traceId: traceIdOf(request) } : {};
    },
  });
