import { useState } from 'react';
import { plural, shownMs } from '../parts/format.ts';
import { timelineOf } from '../xray/tree.ts';
import { Waterfall } from '../xray/waterfall.tsx';
import type { ToldRequest } from './messages.ts';
import { pairsOf, sameQuestion } from './pairs.ts';
import '../xray/xray.css';

interface Props {
  readonly names: { readonly left: string; readonly right: string };
  readonly left: readonly ToldRequest[];
  readonly right: readonly ToldRequest[];
}

/** The same click in both stores, on one scale of time. */
export function Comparison({ names, left, right }: Props) {
  const [chosen, setChosen] = useState<string>();
  const pairs = pairsOf(left, right);
  const shown = pairs.find(({ key }) => key === chosen) ?? pairs[0];
  if (!shown) return <p className="faint">Nothing yet that both were asked.</p>;
  const totalMs = Math.max(
    ...[shown.left, shown.right].map(({ request, spans }) => timelineOf(spans, request).totalMs),
  );
  return (
    <div className="comparison">
      <ol className="requests" aria-label="What both were asked, the newest first" tabIndex={0}>
        {pairs.map(({ key, left: one, right: other }) => (
          <li key={key}>
            <button type="button" aria-pressed={key === shown.key} onClick={() => setChosen(key)}>
              <span className="request-what">{sameQuestion(one.request)}</span>
              <span className="request-cost">
                {shownMs(one.request.ms ?? 0)} | {shownMs(other.request.ms ?? 0)}
              </span>
            </button>
          </li>
        ))}
      </ol>
      <div className="panes">
        {(['left', 'right'] as const).map((side) => {
          const { request, spans } = shown[side];
          return (
            <section key={side} aria-label={`In the ${names[side]} store`}>
              <h2>
                {names[side]}: {shownMs(request.ms ?? 0)}
              </h2>
              <p className="faint">
                {plural(new Set(spans.map(({ service }) => service)).size, 'process', 'processes')},{' '}
                {plural(request.statements, 'statement')}, {plural(request.calls, 'call')} between processes
              </p>
              <Waterfall request={request} spans={spans} totalMs={totalMs} />
            </section>
          );
        })}
      </div>
      <p className="faint">One click is a story, not a measurement: the same click takes another time the next time.</p>
    </div>
  );
}
