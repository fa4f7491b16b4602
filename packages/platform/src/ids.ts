import { v7 } from 'uuid';

/** A fresh UUIDv7 (RFC 9562): sorts by the time it was made, so it is also a good primary key. */
export const newId = (): string => v7();
