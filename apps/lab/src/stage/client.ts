import { storeClient, type StoreClient } from '@twinstore/contracts';

/** What has not answered by then does not answer: nobody knows what runs at an address that was given. */
const PATIENCE_MS = 10_000;

/** A client for the lab's own questions, before and between loads. */
export const patientClient = (url: string, extra: Readonly<Record<string, string>> = {}): StoreClient =>
  storeClient(url, async ({ method, url, headers, body }) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(url, {
      method,
      headers: { ...headers, ...extra },
      ...(body !== undefined && { body }),
      signal,
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  });
