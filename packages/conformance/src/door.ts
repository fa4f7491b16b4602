/** A front door as the suite knows it: where it is, and the two things that stand beside every store. */
export interface Door {
  readonly name: string;
  /** Without a slash at its end, for example `http://localhost:8080`. */
  readonly url: string;
  /** The payment provider that this door's store charges. */
  readonly providerUrl: string;
  readonly adminToken: string;
}
