import type { Span } from '@twinstore/contracts';

export type NodeKind = 'browser' | 'process' | 'module' | 'database' | 'broker' | 'outside';

/** A part of the architecture that a request came through. */
export interface Node {
  readonly id: string;
  readonly kind: NodeKind;
  readonly label: string;
  /** How often it was asked. */
  readonly times: number;
  /** Time between its first start and the end of its answers, added up. */
  readonly ms: number;
  /** How far below the browser. */
  readonly layer: number;
  /** From the left. */
  readonly place: number;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly times: number;
  /** By a message, which nobody waits for. */
  readonly isMessage: boolean;
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  readonly layers: number;
  /** Most nodes in one layer. */
  readonly widest: number;
}

const BROWSER = 'browser';
const BROKER = 'rabbitmq';
const DATABASES: Readonly<Record<string, string>> = { postgresql: 'PostgreSQL', mongodb: 'MongoDB' };

/** The path of a request as it was: who asked whom, how often, by the spans that they kept. Nothing is drawn that no span
 *  tells of. */
export function graphOf(spans: readonly Span[]): Graph {
  const found = new Map<string, { kind: NodeKind; label: string; times: number; ms: number }>();
  const edges = new Map<string, Edge>();
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  found.set(BROWSER, { kind: 'browser', label: 'browser', times: 1, ms: 0 });

  const visit = (id: string, kind: NodeKind, label: string, ms: number) => {
    const { times = 0, ms: before = 0 } = found.get(id) ?? {};
    found.set(id, { kind, label, times: times + 1, ms: before + ms });
  };
  const connect = (from: string, to: string, isMessage = false) => {
    const key = `${from} ${to}`;
    edges.set(key, { from, to, isMessage, times: (edges.get(key)?.times ?? 0) + 1 });
  };
  /** Where a span happened: in the nearest module around it, else in its process. */
  const placeOf = (span: Span | undefined): string => {
    for (let at = span; at; at = byId.get(at.parentSpanId ?? '')) {
      if (at.service !== span?.service) break;
      if (at.kind === 'internal') return moduleId(at);
    }
    return span?.service ?? BROWSER;
  };

  for (const span of spans) {
    const parent = byId.get(span.parentSpanId ?? '');
    const { service, kind, durationMs, attributes } = span;
    const system = attributes['db.system.name'];
    const peer = attributes['peer.service'];
    if (kind === 'server') {
      visit(service, 'process', service, durationMs);
      // A call's own span connects the two, if the caller kept it.
      if (parent?.kind !== 'client') connect(placeOf(parent), service);
    } else if (kind === 'internal') {
      visit(moduleId(span), 'module', String(attributes['twinstore.module'] ?? span.name), durationMs);
      connect(placeOf(parent), moduleId(span));
    } else if (kind === 'client' && system !== undefined) {
      const id = `${system}@${service}`;
      visit(id, 'database', DATABASES[system] ?? String(system), durationMs);
      connect(placeOf(parent), id);
    } else if (kind === 'client' && peer !== undefined) {
      const callee = spans.find((one) => one.parentSpanId === span.spanId);
      const id = callee?.service ?? processOf(String(peer));
      if (!callee) visit(id, id === 'payment-provider' ? 'outside' : 'process', id, durationMs);
      connect(placeOf(parent), id);
    } else if (kind === 'producer') {
      visit(BROKER, 'broker', 'RabbitMQ', 0);
      connect(placeOf(parent), BROKER, true);
    } else if (kind === 'consumer') {
      visit(service, 'process', service, durationMs);
      if (found.has(BROKER)) connect(BROKER, service, true);
    }
  }
  return layOut(found, [...edges.values()]);
}

const moduleId = (span: Span) => `${span.service}/${span.attributes['twinstore.module'] ?? span.name}`;
/** `order` is the upstream's name; its process is the order-service. */
const processOf = (peer: string) => (/-|^gateway$|^monolith$/.test(peer) ? peer : `${peer}-service`);

/** Layers by the longest way from the browser, so that all arrows of calls point down. A message may come back to whoever
 *  caused it: those arrows do not count, but for who is reached by no other. */
function layOut(found: ReadonlyMap<string, Omit<Node, 'id' | 'layer' | 'place'>>, edges: readonly Edge[]): Graph {
  const layer = new Map([[BROWSER, 0]]);
  const follow = (counted: readonly Edge[], isFirstOnly: boolean) => {
    // As many rounds as there can be layers; a circle of calls ends with them.
    for (const _ of found) {
      for (const { from, to } of counted) {
        const below = layer.get(from) === undefined ? undefined : layer.get(from)! + 1;
        const known = layer.get(to);
        if (below !== undefined && below < found.size && (known === undefined || (!isFirstOnly && below > known)))
          layer.set(to, below);
      }
    }
  };
  follow(
    edges.filter(({ isMessage }) => !isMessage),
    false,
  );
  follow(edges, true);
  const width: number[] = [];
  const nodes = [...found]
    .map(([id, node]) => ({ id, ...node, layer: layer.get(id) ?? 1 }))
    .toSorted((a, b) => a.layer - b.layer)
    .map((node) => {
      const place = width[node.layer] ?? 0;
      width[node.layer] = place + 1;
      return { ...node, place };
    });
  return { nodes, edges, layers: width.length, widest: Math.max(...width.map((count) => count ?? 0)) };
}
