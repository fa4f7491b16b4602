import { describe, expect, it } from '@jest/globals';
import { graphOf, type Graph } from '../src/xray/graph.ts';
import { call, span, statement } from './spans.ts';

const ways = ({ edges }: Graph) => edges.map(({ from, to, times }) => `${from} > ${to} ${times}`).toSorted();
const layers = ({ nodes }: Graph) => Object.fromEntries(nodes.map(({ id, layer }) => [id, layer]));

describe('the picture of a request', () => {
  it('leads from the browser through those who were called to what they asked', () => {
    const graph = graphOf([
      span('s1', 0, 20),
      call('c1', 's1', 'order'),
      span('s2', 2, 4, { parentSpanId: 'c1', service: 'order-service' }),
      statement('q1', 's2', 'order-service'),
      statement('q2', 's2', 'order-service'),
    ]);
    expect(ways(graph)).toEqual([
      'browser > gateway 1',
      'gateway > order-service 1',
      'order-service > postgresql@order-service 2',
    ]);
    expect(layers(graph)).toEqual({ browser: 0, gateway: 1, 'order-service': 2, 'postgresql@order-service': 3 });
  });

  it('has the modules of a process between it and its database', () => {
    const graph = graphOf([
      span('s', 0, 9, { service: 'monolith' }),
      statement('begin', 's', 'monolith'),
      span('m', 1, 2, {
        parentSpanId: 's',
        service: 'monolith',
        kind: 'internal',
        name: 'product.reserve',
        attributes: { 'twinstore.module': 'product' },
      }),
      statement('q', 'm', 'monolith'),
    ]);
    expect(ways(graph)).toEqual([
      'browser > monolith 1',
      'monolith > monolith/product 1',
      'monolith > postgresql@monolith 1',
      'monolith/product > postgresql@monolith 1',
    ]);
    expect(layers(graph)['postgresql@monolith']).toBe(3);
  });

  it('shows whom nobody heard of since: a service that does not answer, the provider outside', () => {
    const graph = graphOf([span('s', 0, 9), call('a', 's', 'cart'), call('b', 's', 'payment-provider')]);
    const kinds = Object.fromEntries(graph.nodes.map(({ id, kind }) => [id, kind]));
    expect(kinds).toEqual({
      browser: 'browser',
      gateway: 'process',
      'cart-service': 'process',
      'payment-provider': 'outside',
    });
  });

  it('leads events through the broker, also back to where they began', () => {
    const event = (id: string, parent: string, service: string, kind: 'producer' | 'consumer') =>
      span(id, 3, 1, { parentSpanId: parent, service, kind, name: `${kind} order.placed` });
    const graph = graphOf([
      span('s', 0, 9, { service: 'order-service' }),
      event('p1', 's', 'order-service', 'producer'),
      event('k1', 'p1', 'payment-service', 'consumer'),
      event('p2', 'k1', 'payment-service', 'producer'),
      event('k2', 'p2', 'order-service', 'consumer'),
    ]);
    expect(ways(graph)).toEqual([
      'browser > order-service 1',
      'order-service > rabbitmq 1',
      'payment-service > rabbitmq 1',
      'rabbitmq > order-service 1',
      'rabbitmq > payment-service 1',
    ]);
    expect(graph.edges.filter(({ isMessage }) => isMessage)).toHaveLength(4);
    expect(layers(graph)).toEqual({ browser: 0, 'order-service': 1, rabbitmq: 2, 'payment-service': 3 });
  });
});
