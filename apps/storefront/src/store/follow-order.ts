import { useEffect, useRef, useState } from 'react';
import type { Order } from '@twinstore/contracts';
import { cartAfter } from './cart.ts';
import { queryClient } from './queries.ts';

export type Line = 'live' | 'lost';

const AGAIN_AFTER_MS = 2_500;

/** Follows an order that is pending until it is decided, by server-sent events; each state goes where `useOrder` finds it. */
export function useFollowedOrder(id: string, order: Order | undefined): Line {
  const [line, setLine] = useState<Line>('live');
  const [attempt, setAttempt] = useState(0);
  const isPending = order?.status === 'pending';
  useEffect(() => {
    if (!isPending) return undefined;
    let again: ReturnType<typeof setTimeout>;
    const source = new EventSource(`/api/orders/${id}/events`);
    source.addEventListener('open', () => setLine('live'));
    source.addEventListener('status', ({ data }: MessageEvent<string>) => {
      const told = JSON.parse(data) as Order;
      // At the end, an EventSource would take the closed connection for a lost one and ask again.
      if (told.status !== 'pending') source.close();
      queryClient.setQueryData(['order', id], told);
    });
    source.addEventListener('error', () => {
      setLine('lost');
      // A lost connection is made again by the browser. After any answer but 200, it gives up.
      if (source.readyState !== EventSource.CLOSED) return;
      void queryClient.invalidateQueries({ queryKey: ['order', id] });
      again = setTimeout(() => setAttempt((last) => last + 1), AGAIN_AFTER_MS);
    });
    return () => {
      source.close();
      clearTimeout(again);
    };
  }, [id, isPending, attempt]);
  useEnd(order);
  return line;
}

/** Whoever tells it first, the stream or an answer: what depends on the order is asked for again. */
function useEnd(order: Order | undefined): void {
  const before = useRef(order);
  useEffect(() => {
    const wasPending = before.current?.status === 'pending';
    before.current = order;
    if (!order || !wasPending || order.status === 'pending') return;
    cartAfter(order);
    void queryClient.invalidateQueries({ queryKey: ['orders'] });
  }, [order]);
}
