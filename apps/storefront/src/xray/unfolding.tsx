import type { Span } from '@twinstore/contracts';
import { shownMs } from '../parts/format.ts';
import type { SeenRequest } from '../store/requests.ts';
import { timelineOf, type Row } from './tree.ts';

/** What the services told each other, in the order in which it happened: nothing, where they do not talk by events. */
export function Unfolding({ request, spans }: { request: SeenRequest; spans: readonly Span[] }) {
  const events = timelineOf(spans, request)
    .rows.filter(({ span }) => span.kind === 'producer' || span.kind === 'consumer')
    .toSorted((a, b) => a.offsetMs - b.offsetMs);
  if (events.length === 0) return null;
  return (
    <section aria-labelledby="unfolding">
      <h3 id="unfolding">Event by event</h3>
      <ol className="unfolding">
        {events.map((row) => (
          <li key={row.span.spanId} className={row.span.kind}>
            <span className="when">+{shownMs(Math.max(0, row.offsetMs))}</span>
            <Sentence row={row} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Sentence({ row: { span } }: { row: Row }) {
  const event = <code>{span.name.replace(/^(?:send|process) /, '')}</code>;
  const queued = span.attributes['twinstore.queued_ms'];
  if (span.kind === 'producer')
    return (
      <span>
        {span.service} says {event}
      </span>
    );
  return (
    <span>
      {span.service} reacts to {event} in {shownMs(span.durationMs)}
      {queued !== undefined && <span className="faint">, on its way for {shownMs(Number(queued))}</span>}
      {span.error !== undefined && <span className="fault"> and fails: {span.error}</span>}
    </span>
  );
}
