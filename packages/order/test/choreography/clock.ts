/** Time as a test lets it pass, in milliseconds. */
export interface Clock {
  now: number;
  /** A moment of this clock as one that is as long ago by the real clock, which the code under test reads (RFC 3339). */
  ago(moment: number | undefined): string | undefined;
}

export const stoppedClock = (): Clock => ({
  now: Date.parse('2026-01-01T00:00:00Z'),
  ago(moment) {
    return moment === undefined ? undefined : new Date(Date.now() - (this.now - moment)).toISOString();
  },
});
