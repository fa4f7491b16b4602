import { useEffect, useState } from 'react';
import { routes } from 'virtual:contract';
import { queryClient } from '../store/queries.ts';
import { useRequests } from '../store/requests.ts';

const ASK_AGAIN_MS = 3_000;

/** Whether the store is there again. Not one of the page's own requests: a store that hangs is asked often, and each time
 *  given up before the next. */
const isBack = (): Promise<boolean> =>
  fetch(routes.getMeta.path, { signal: AbortSignal.timeout(ASK_AGAIN_MS) }).then(
    () => true,
    () => false,
  );

/** Says that the store does not answer, for as long as it does not, and keeps asking. */
export function Away() {
  const latest = useRequests().find(({ status }) => status !== undefined);
  const isAway = latest?.status === 0;
  const isOffline = useOffline();
  useEffect(() => {
    if (!isAway) return undefined;
    const timer = setInterval(() => {
      void isBack().then((back) => {
        if (back) void queryClient.invalidateQueries();
      });
    }, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isAway]);
  return (
    <div className="away">
      {isAway && (
        <p role="alert">
          {isOffline ? 'You are offline.' : 'The store does not answer at the moment.'} What you see may be old; nothing
          you typed is lost, and we keep trying.
        </p>
      )}
    </div>
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
