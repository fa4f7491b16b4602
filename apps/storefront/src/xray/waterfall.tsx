import type { Span } from '@twinstore/contracts';
import { shownMs } from '../parts/format.ts';
import type { SeenRequest } from '../store/requests.ts';
import { timelineOf, type Row } from './tree.ts';

interface Props {
  readonly request: Pick<SeenRequest, 'startMs' | 'ms' | 'method' | 'path'>;
  readonly spans: readonly Span[];
  /** The scale, if it is to be the same as another's. */
  readonly totalMs?: number;
}

/** What a request took, span by span, on one scale of time. */
export function Waterfall({ request, spans, totalMs }: Props) {
  const timeline = timelineOf(spans, request);
  const scale = totalMs ?? timeline.totalMs;
  return (
    <ol className="waterfall" aria-label="Spans in the order of their start">
      <li className="span browser">
        <Bar name="your browser" detail="" offsetMs={0} ms={request.ms ?? 0} scale={scale} depth={0} />
      </li>
      {timeline.rows.map((row) => (
        <SpanRow key={row.span.spanId} row={row} scale={scale} />
      ))}
    </ol>
  );
}

function SpanRow({ row: { span, depth, offsetMs }, scale }: { row: Row; scale: number }) {
  const { service, name, kind, error, durationMs, attributes } = span;
  const statement = attributes['db.query.text'];
  const facts = Object.entries(attributes).filter(([key]) => key !== 'db.query.text');
  const isDatabase = attributes['db.system.name'] !== undefined;
  return (
    <li className={`span ${isDatabase ? 'database' : kind}${error === undefined ? '' : ' failed'}`}>
      <details>
        <summary>
          <Bar
            name={short(name)}
            detail={service}
            offsetMs={offsetMs}
            ms={durationMs}
            scale={scale}
            depth={depth + 1}
          />
        </summary>
        {error !== undefined && <p className="fault">{error}</p>}
        {statement !== undefined && <pre>{trimmed(String(statement))}</pre>}
        <dl className="facts">
          {[['kind', kind] as const, ['starts after', shownMs(offsetMs)] as const, ...facts].map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}

interface BarProps {
  readonly name: string;
  readonly detail: string;
  readonly offsetMs: number;
  readonly ms: number;
  readonly scale: number;
  readonly depth: number;
}

const DEEPEST = 8;

function Bar({ name, detail, offsetMs, ms, scale, depth }: BarProps) {
  const left = clamp((offsetMs / scale) * 100);
  const width = Math.min(100 - left, Math.max(0.6, (ms / scale) * 100));
  return (
    <span className="bar-row">
      <span className="bar-name" style={{ paddingInlineStart: `${Math.min(depth, DEEPEST) * 0.6}rem` }}>
        {name} <small>{detail}</small>
      </span>
      <span className="bar-track" aria-hidden="true">
        <span className="bar" style={{ insetInlineStart: `${left}%`, inlineSize: `${width}%` }} />
      </span>
      <span className="bar-ms">{shownMs(ms)}</span>
    </span>
  );
}

/** Calls between services all go to the same place in the same manner. */
const short = (name: string) => name.replace('POST /internal/', '');

const clamp = (percent: number) => Math.max(0, Math.min(99.4, percent));

/** Without the indentation that it has in the source. */
function trimmed(statement: string): string {
  const lines = statement.split('\n');
  const indents = lines.slice(1).flatMap((line) => (line.trim() === '' ? [] : [line.search(/\S/)]));
  const indent = indents.length > 0 ? Math.min(...indents) : 0;
  return [lines[0], ...lines.slice(1).map((line) => line.slice(indent))].join('\n').trim();
}
