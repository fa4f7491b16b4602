import { useEffect, useRef, useState } from 'react';
import type { XrayInfo } from '@twinstore/contracts';
import { routes } from 'virtual:contract';
import { Link } from 'wouter';
import { useArrival } from '../parts/focus.ts';
import { Panel } from '../parts/panel.tsx';
import { useTitle } from '../parts/title.ts';
import { Trouble } from '../parts/trouble.tsx';
import { ask } from '../store/client.ts';
import { useXrayInfo } from '../store/xray.ts';
import { Comparison } from './comparison.tsx';
import { isFromShop, type ToldRequest, type ToShop } from './messages.ts';
import './twin.css';

type Side = 'left' | 'right';
const KEPT = 40;

/** Both stores side by side, one set of clicks for both. */
export function TwinPage() {
  useTitle('Side by side');
  useArrival('/twin');
  const { data: info, error, refetch } = useXrayInfo();
  if (error && !info) return <Trouble of="the list of stores" error={error} retry={() => void refetch()} />;
  if (!info) return null;
  if (info.doors.length < 2) {
    return (
      <main id="main" tabIndex={-1} className="empty">
        <h1>There is only one store here</h1>
        <p>
          The twin view needs two that were started together, as <code>npm start</code> does.{' '}
          <Link href="/">Back to the shop</Link>
        </p>
      </main>
    );
  }
  const own = info.doors.find(({ name }) => name === info.name);
  const isKnownAddress = info.doors.some(({ url }) => new URL(url).origin === location.origin);
  if (own && !isKnownAddress) return <Elsewhere href={`${own.url}/twin`} />;
  return <Twins info={info} />;
}

/** A shop shows itself only in a page of the addresses that the doors call each other by. */
const Elsewhere = ({ href }: { href: string }) => (
  <main id="main" tabIndex={-1} className="empty">
    <h1>The twin view has another address</h1>
    <p>
      The stores do not let themselves be shown at {location.origin}. <a href={href}>Open it at {href}</a>
    </p>
  </main>
);

function Twins({ info: { doors, enabled, lab } }: { info: XrayInfo }) {
  const [names, setNames] = useState<Record<Side, string>>({
    left: doors.find(({ name }) => name === 'monolith')?.name ?? doors[0]!.name,
    right: doors.find(({ name }) => name !== 'monolith')?.name ?? doors[1]!.name,
  });
  const { frames, told, restart } = useTwins(doors, names);
  const isKnown = useSession();
  const choose = (side: Side, name: string) => {
    setNames((now) => ({ ...now, [side]: name }));
    restart(side);
  };
  return (
    <div className="twin">
      <header className="twin-head">
        <div>
          <h1>Side by side</h1>
          <p className="faint">Click in one shop: the other does the same. What each click took appears below.</p>
        </div>
        <nav aria-label="Elsewhere">
          <Link href="/">Leave the twin view</Link>
          {lab && <a href={lab}>Measure it properly in the lab</a>}
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        <div className="panes">
          {(['left', 'right'] as const).map((side) => {
            const door = doors.find(({ name }) => name === names[side])!;
            return (
              <section key={side} className="pane" aria-label={`${side === 'left' ? 'First' : 'Second'} store`}>
                <label>
                  <span className="unseen">{side === 'left' ? 'First' : 'Second'} store</span>
                  <select value={door.name} onChange={({ currentTarget }) => choose(side, currentTarget.value)}>
                    {doors.map(({ name }) => (
                      <option key={name}>{name}</option>
                    ))}
                  </select>
                </label>
                {isKnown && (
                  <iframe
                    key={door.url}
                    ref={frames[side]}
                    src={`${door.url}/`}
                    title={`The shop in the ${door.name} store`}
                  />
                )}
              </section>
            );
          })}
        </div>
        {enabled ? (
          <Panel of="the comparison">
            <Comparison names={names} left={told.left} right={told.right} />
          </Panel>
        ) : (
          <p className="note">The stores keep no spans (XRAY is off), so there is nothing to compare here.</p>
        )}
      </main>
    </div>
  );
}

/** The doors of one machine share their cookies. Whoever is new gets a session before both stores would give her one at the
 *  same time, so that she is the same shopper in both: by putting something into the cart and taking it out. */
function useSession(): boolean {
  const [isKnown, setKnown] = useState(false);
  useEffect(() => {
    const meet = async () => {
      if ((await ask(routes.getCart)).version > 0) return;
      const [first] = (await ask(routes.listProducts, { query: { limit: 1 } })).items;
      if (!first) return;
      const params = { sku: first.sku };
      await ask(routes.putCartItem, { params, body: { quantity: 1 } });
      await ask(routes.deleteCartItem, { params });
    };
    // A store that is away is shown as it is.
    void meet()
      .catch(() => {})
      .then(() => setKnown(true));
  }, []);
  return isKnown;
}

/** Listens to both shops, and hands what is done in one to the other. */
function useTwins(doors: XrayInfo['doors'], names: Record<Side, string>) {
  const frames = { left: useRef<HTMLIFrameElement>(null), right: useRef<HTMLIFrameElement>(null) };
  const [told, setTold] = useState<Record<Side, readonly ToldRequest[]>>({ left: [], right: [] });
  /** What a shop is to do as soon as it is there; undefined once it is. */
  const waiting = useRef<Record<Side, ToShop[] | undefined>>({ left: [], right: [] });
  const originOf = (side: Side) => new URL(doors.find(({ name }) => name === names[side])!.url).origin;

  useEffect(() => {
    const tell = (side: Side, message: ToShop) =>
      frames[side].current?.contentWindow?.postMessage(message, originOf(side));
    const hear = ({ data, origin, source }: MessageEvent<unknown>) => {
      const side = (['left', 'right'] as const).find((one) => frames[one].current?.contentWindow === source);
      if (!side || origin !== originOf(side) || !isFromShop(data)) return;
      if (data.twin === 'ready') {
        for (const message of waiting.current[side] ?? []) tell(side, message);
        waiting.current[side] = undefined;
        return;
      }
      if (data.twin === 'did') {
        const other = side === 'left' ? 'right' : 'left';
        const message = { twin: 'do', act: data.act } as const;
        if (waiting.current[other]) waiting.current[other].push(message);
        else tell(other, message);
        return;
      }
      const { request, spans } = data;
      setTold((now) => ({ ...now, [side]: withRequest(now[side], { request, spans }) }));
    };
    addEventListener('message', hear);
    // A shop cannot know who is around it until it is told, and it loads when it loads.
    const greeting = setInterval(() => {
      tell('left', { twin: 'hello' });
      tell('right', { twin: 'hello' });
    }, 500);
    return () => {
      removeEventListener('message', hear);
      clearInterval(greeting);
    };
  });
  /** Another shop is shown at this side. */
  const restart = (side: Side) => {
    waiting.current[side] = [];
    setTold({ left: [], right: [] });
  };
  return { frames, told, restart };
}

/** Told again with more spans, it keeps its place. */
function withRequest(told: readonly ToldRequest[], next: ToldRequest): readonly ToldRequest[] {
  const isKnown = told.some(({ request }) => request.traceId === next.request.traceId);
  if (!isKnown) return [next, ...told].slice(0, KEPT);
  return told.map((one) => (one.request.traceId === next.request.traceId ? next : one));
}
