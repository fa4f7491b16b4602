import { useEffect, useState } from 'react';
import type { Order } from '@twinstore/contracts';
import { cartMayHaveChanged } from './cart.ts';
import { queryClient } from './queries.ts';

export type Line = 'live' | 'lost' | 'over';

/** Follows an order by server-sent events until it is decided; each state goes where `useOrder` finds it. The browser
 *  comes back by itself when the connection is lost. */
export function useFollowedOrder(id: string, enabled: boolean): Line {
  const [line, setLine] = useState<Line>('live');
  useEffect(() => {
    if (!enabled) return undefined;
    const source = new EventSource(`/api/orders/${id}/events`);
    source.addEventListener('open', () => setLine('live'));
    source.addEventListener('status', ({ data }: MessageEvent<string>) => {
      const order = JSON.parse(data) as Order;
      queryClient.setQueryData(['order', id], order);
      if (order.status === 'pending') return;
      // It is at its end. An EventSource would take the closed connection for a lost one and ask again.
      source.close();
      setLine('over');
      cartMayHaveChanged();
      void queryClient.invalidateQueries({ queryKey: ['orders'] });
    });
    source.addEventListener('error', () => setLine(source.readyState === EventSource.CLOSED ? 'over' : 'lost'));
    return () => source.close();
  }, [id, enabled]);
  return line;
}
