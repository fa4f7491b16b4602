import { useEffect, useState } from 'react';
import { queryClient } from '../store/queries.ts';
import { ask } from '../store/client.ts';
import { routes } from 'virtual:contract';
import { useRequests } from '../store/requests.ts';

const ASK_AGAIN_MS = 3_000;

/** Says that the store does not answer, for as long as it does not, and keeps asking. */
export function Away() {
  const latest = useRequests().find(({ status }) => status !== undefined);
  const isAway = latest?.status === 0;
  const isOffline = useOffline();
  useEffect(() => {
    if (!isAway) return undefined;
    const timer = setInterval(() => {
      ask(routes.getMeta).then(
        () => queryClient.invalidateQueries(),
        () => {},
      );
    }, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isAway]);
  if (!isAway) return null;
  return (
    <p className="away" role="alert">
      {isOffline ? 'You are offline.' : 'The store does not answer at the moment.'} What you see may be old; nothing you
      typed is lost, and we keep trying.
    </p>
  );
}

function useOffline(): boolean {
  const [isOffline, setOffline] = useState(!navigator.onLine);
  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => {
      removeEventListener('online', look);
      removeEventListener('offline', look);
    };
  }, []);
  return isOffline;
}
