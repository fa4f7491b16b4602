import type { Request } from 'express';

/** On whose behalf a request is made. */
export interface Caller {
  /** The session's shopper; undefined for a visitor who has no session. */
  readonly shopper: string | undefined;
  readonly admin: boolean;
}

/** Who is asking. A front door reads cookie and admin token; a service reads the signed token of its caller. */
export interface Identify {
  (req: Request, startsSession: boolean): Promise<{ readonly caller: Caller; readonly cookie?: string } | undefined>;
}
