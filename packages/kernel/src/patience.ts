/** For how long a payment provider that refuses is asked again, counted from its first refusal. */
export const RETRY_FOR_MS = 18_000;

/** Whether a charge that keeps failing since `failingSince` (RFC 3339) should be given up at `now`. */
export const shouldGiveUp = (failingSince: string | undefined, now: Date): boolean =>
  failingSince !== undefined && now.getTime() - Date.parse(failingSince) >= RETRY_FOR_MS;

/** Pause before the next try of a step that did not end, in milliseconds; `attempts`: how many there were. */
export const retryDelay = (attempts: number): number => Math.min(500 * 2 ** attempts, 3000);
