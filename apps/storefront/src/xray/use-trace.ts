import { useQuery } from '@tanstack/react-query';
import type { SeenRequest } from '../store/requests.ts';
import { readTrace } from '../store/xray.ts';

const AGAIN_MS = 600;
/** After an answer, what it set in motion goes on for a while: an order that is still pending, for longer. */
const FOLLOWED_MS = 3_000;
const PENDING_FOLLOWED_MS = 25_000;

/** The spans of a request, once it has its answer, and as more come in. */
export const useTrace = (request: SeenRequest | undefined) =>
  useQuery({
    queryKey: ['trace', request?.traceId],
    queryFn: () => readTrace(request?.traceId ?? ''),
    enabled: request?.ms !== undefined,
    staleTime: AGAIN_MS,
    retry: false,
    refetchInterval: () => (request && mayGoOn(request) ? AGAIN_MS : false),
  });

function mayGoOn({ method, status, startMs, ms = 0 }: SeenRequest): boolean {
  if (method === 'GET') return false;
  const over = performance.timeOrigin + performance.now() - startMs - ms;
  return over < (status === 202 ? PENDING_FOLLOWED_MS : FOLLOWED_MS);
}
