import type { Span } from '@twinstore/contracts';
import { plural, shownMs } from '../parts/format.ts';
import { graphOf, type Edge, type Graph, type Node } from './graph.ts';

const WIDTH = 108;
const HEIGHT = 38;
const GAP_X = 10;
const GAP_Y = 34;
const MARGIN = 2;

/** The path of a request through the architecture, drawn from its spans: from the browser down. */
export function Picture({ spans }: { spans: readonly Span[] }) {
  const graph = graphOf(spans);
  const placeOf = placesIn(graph);
  const width = graph.widest * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN;
  const height = graph.layers * (HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  return (
    <svg
      className="picture"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={`Path of the request: ${inWords(graph)}`}
    >
      {graph.edges.map((edge) => (
        <EdgeLine
          key={`${edge.from} ${edge.to}`}
          edge={edge}
          from={placeOf(byId.get(edge.from))}
          to={placeOf(byId.get(edge.to))}
        />
      ))}
      {graph.nodes.map((node) => (
        <NodeBox key={node.id} node={node} at={placeOf(node)} />
      ))}
    </svg>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Upper left corner of a node; each layer is centered. */
function placesIn({ nodes, widest }: Graph) {
  const inLayer = Map.groupBy(nodes, ({ layer }) => layer);
  return (node: Node | undefined): Point => {
    const { layer, place } = node ?? { layer: 0, place: 0 };
    const spare = widest - (inLayer.get(layer)?.length ?? 1);
    return { x: MARGIN + (place + spare / 2) * (WIDTH + GAP_X), y: MARGIN + layer * (HEIGHT + GAP_Y) };
  };
}

/** Down from the lower edge; up again, as a message may go, from the upper one. */
function EdgeLine({ edge, from, to }: { edge: Edge; from: Point; to: Point }) {
  const isUp = to.y < from.y;
  const isLevel = to.y === from.y;
  const aside = edge.isMessage ? (isUp ? 14 : -14) : 0;
  const start = { x: from.x + WIDTH / 2 + aside, y: isUp ? from.y : from.y + HEIGHT };
  const end = { x: to.x + WIDTH / 2 + aside, y: isUp || isLevel ? to.y + HEIGHT : to.y };
  const bend = isUp ? -GAP_Y / 2 : GAP_Y / 2;
  const path = `M${start.x} ${start.y}C${start.x} ${start.y + bend} ${end.x} ${end.y + (isLevel ? bend : -bend)} ${end.x} ${end.y}`;
  return (
    <g className={edge.isMessage ? 'edge message' : 'edge'}>
      <path d={path} strokeWidth={Math.min(5, 1 + Math.log2(edge.times))} />
      {edge.times > 1 && (
        <text x={(start.x + 2 * end.x) / 3} y={(start.y + 2 * end.y) / 3 + 4}>
          {edge.times}×
        </text>
      )}
    </g>
  );
}

function NodeBox({ node, at: { x, y } }: { node: Node; at: Point }) {
  const { kind, label, times, ms } = node;
  return (
    <g className={`node ${kind}`}>
      <rect x={x} y={y} width={WIDTH} height={HEIGHT} rx={kind === 'database' ? 15 : 7} />
      <text x={x + WIDTH / 2} y={y + 16}>
        {label}
      </text>
      <text className="node-cost" x={x + WIDTH / 2} y={y + 30}>
        {kind === 'browser' ? 'you' : `${times}×${ms > 0 ? ` · ${shownMs(ms)}` : ''}`}
      </text>
    </g>
  );
}

function inWords({ nodes, edges }: Graph): string {
  const label = new Map(nodes.map((node) => [node.id, node.label]));
  return edges
    .map(({ from, to, times }) => `${label.get(from)} to ${label.get(to)}, ${plural(times, 'time')}`)
    .join('; ');
}
