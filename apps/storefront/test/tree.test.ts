import { describe, expect, it } from '@jest/globals';
import { pairsOf } from '../src/twin/pairs.ts';
import type { ToldRequest } from '../src/twin/messages.ts';
import { timelineOf } from '../src/xray/tree.ts';
import { span } from './spans.ts';

describe('the waterfall', () => {
  it('has each span below its parent, in the order in which they began', () => {
    const spans = [span('b', 6, 2, { parentSpanId: 'root' }), span('a2', 3, 1, { parentSpanId: 'a' })];
    spans.push(span('a', 2, 3, { parentSpanId: 'root' }), span('root', 1, 10));
    const { rows, totalMs } = timelineOf(spans, { startMs: 1000, ms: 12 });
    expect(rows.map(({ span: { spanId }, depth, offsetMs }) => [spanId, depth, offsetMs])).toEqual([
      ['root', 0, 1],
      ['a', 1, 2],
      ['a2', 2, 3],
      ['b', 1, 6],
    ]);
    expect(totalMs).toBe(12);
  });

  it('keeps a span whose parent is lost, and what goes on after the answer', () => {
    const { rows, totalMs } = timelineOf([span('s', 1, 5), span('late', 30, 9, { parentSpanId: 'lost' })], {
      startMs: 1000,
      ms: 8,
    });
    expect(rows.map(({ span: { spanId } }) => spanId)).toEqual(['s', 'late']);
    expect(totalMs).toBe(39);
  });

  it('puts the spans of a machine with another clock into the middle of the time that the browser waited', () => {
    const { rows } = timelineOf([span('s', 500_000, 6), span('q', 500_002, 1, { parentSpanId: 's' })], {
      startMs: 1000,
      ms: 10,
    });
    expect(rows.map(({ offsetMs }) => offsetMs)).toEqual([2, 4]);
  });
});

describe('pairs of requests', () => {
  const told = (traceId: string, path: string, method = 'GET'): ToldRequest => ({
    request: { traceId, method, path, startMs: 0, ms: 1, status: 200, statements: 0, calls: 0 },
    spans: [],
  });

  it('are the same question to both, each answer used once', () => {
    const order = (n: number) => `/api/orders/0192aaaa-0000-7000-8000-00000000000${n}`;
    const left = [told('l3', order(1)), told('l2', '/api/cart'), told('l1', '/api/cart')];
    const right = [told('r2', '/api/cart'), told('r9', '/api/cart', 'DELETE'), told('r3', order(2))];
    expect(pairsOf(left, right).map(({ left: a, right: b }) => [a.request.traceId, b.request.traceId])).toEqual([
      ['l3', 'r3'],
      ['l2', 'r2'],
    ]);
  });
});
