import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import type { Span } from '@twinstore/contracts';
import { parseConfig } from '../src/config.ts';
import { pathOf } from '../src/tracing/server-span.ts';
import { spanStore } from '../src/tracing/span-store.ts';
import { statementName } from '../src/tracing/statement-name.ts';

describe('the name of a statement', () => {
  it.each([
    ['begin', 'BEGIN'],
    ['commit', 'COMMIT'],
    ['rollback', 'ROLLBACK'],
    ['select 1', 'SELECT'],
    ['select version, skus from cart.carts where shopper = $1', 'SELECT cart.carts'],
    [
      'select o.id from (select $1::uuid as id) as me left join orders.orders o on o.id = me.id',
      'SELECT orders.orders',
    ],
    ['select seeded from product.seeding for update', 'SELECT product.seeding'],
    ['select a from jobs where due_at < now() order by due_at for no key update skip locked', 'SELECT jobs'],
    ['select s.open_order is not distinct from o.id as mine from orders.orders o', 'SELECT orders.orders'],
    ['\n  insert into cart.carts as cart (shopper) values ($1) on conflict do nothing', 'INSERT cart.carts'],
    ['insert into cart.carts (a) values ($1) on conflict (a) do update set a = excluded.a', 'INSERT cart.carts'],
    ['update orders.orders o set status = $2 from orders.shoppers s where o.id = $1', 'UPDATE orders.orders'],
    [`delete from messaging.inbox where received_at < now() - interval '7 days'`, 'DELETE messaging.inbox'],
    [
      `with due as materialized (
         select seq from messaging.outbox where claimed_until < clock_timestamp()
         order by seq limit $1 for update skip locked
       )
       update messaging.outbox said set claimed_until = now() from due where said.seq = due.seq returning said.id`,
      'UPDATE messaging.outbox',
    ],
    [
      `with locked as materialized (select s.sku from product.stock s where s.sku = any($2) order by s.sku for update of s),
       decision as (
         insert into product.reservations (order_id) select $1 on conflict (order_id) do nothing returning state),
       moved as (update product.stock s set on_hand = 0 from decision d where d.state = 'reserved')
       select state from decision`,
      'INSERT product.reservations',
    ],
    [
      `with found as materialized (
         select p.sku from plainto_tsquery('english', $1) as query join product.products p on p.search @@ query)
       select p.sku from found f join product.products p on p.sku = f.sku`,
      'SELECT product.products',
    ],
    ['with numbers as (select 1 as n) select n from numbers', 'SELECT numbers'],
  ])('%s', (text, name) => {
    expect(statementName(text)).toBe(name);
  });
});

describe('the path in a span', () => {
  it('is that of the address, without its query', () => {
    expect([pathOf('/api/cart'), pathOf('/api/products?q=a?b')]).toEqual(['/api/cart', '/api/products']);
  });

  it('is cut where it is long, and keeps nothing else of the address in memory', () => {
    const long = (end: string) => ['/api/', 'x'.repeat(15_000), end].join('');
    expect(pathOf(long(''))).toBe(long('').slice(0, 200));
    const before = heapUsed();
    // Read to its end, an address is one string and no longer a list of parts.
    const kept = Array.from({ length: 1000 }, (_, n) => pathOf(Buffer.from(long(`?${n}`)).toString()));
    expect(heapUsed() - before).toBeLessThan(5_000_000);
    expect(kept).toHaveLength(1000);
  });
});

/** In bytes, of what is in use. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('the store of spans', () => {
  const span = (traceId: string, spanId = 'a'): Span => ({
    traceId,
    spanId,
    parentSpanId: undefined,
    service: 'test',
    name: 'x',
    kind: 'internal',
    startMs: 0,
    durationMs: 0,
    error: undefined,
    attributes: {},
  });

  it('drops the traces that began first when there are too many', () => {
    const store = spanStore({ spans: 100, traces: 3, spansPerTrace: 100 });
    for (const traceId of ['a', 'b', 'c', 'a', 'd']) store.add(span(traceId));
    expect(['a', 'b', 'c', 'd'].map((traceId) => store.of(traceId).length)).toEqual([0, 1, 1, 1]);
  });

  it('drops whole traces when there are too many spans', () => {
    const store = spanStore({ spans: 5, traces: 100, spansPerTrace: 100 });
    for (const traceId of ['a', 'a', 'b', 'b', 'c', 'c']) store.add(span(traceId));
    expect(['a', 'b', 'c'].map((traceId) => store.of(traceId).length)).toEqual([0, 2, 2]);
  });

  it('keeps no more of one trace than its share', () => {
    const store = spanStore({ spans: 5, traces: 100, spansPerTrace: 3 });
    store.add(span('other'));
    for (let count = 0; count < 1000; count += 1) store.add(span('same', String(count)));
    expect(store.of('same').map(({ spanId }) => spanId)).toEqual(['0', '1', '2']);
    expect(store.of('other')).toHaveLength(1);
  });

  it('stays within its bounds by itself', () => {
    const store = spanStore();
    const kept = () => Array.from({ length: 10_000 }, (_, index) => store.of(`trace ${index}`).length);
    for (let count = 0; count < 10_000; count += 1) store.add(span(`trace ${count}`));
    expect(kept().filter((length) => length > 0)).toHaveLength(300);
    for (let count = 0; count < 10_000; count += 1) store.add(span(`trace ${count % 100}`));
    expect(kept().reduce((sum, length) => sum + length)).toBeLessThanOrEqual(5000);
  });
});

describe('the setting XRAY', () => {
  it('is off unless it is on', () => {
    expect(parseConfig('app', {}, { PORT: '1' })).toMatchObject({ XRAY: 'off' });
    expect(parseConfig('app', {}, { PORT: '1', WORKERS: '1', XRAY: 'on' })).toMatchObject({ XRAY: 'on' });
    expect(parseConfig('app', {}, { PORT: '1', XRAY: 'yes' })).toContain('XRAY  must be on or off, got "yes"');
  });

  it('is refused together with several workers, of which each would know only a part', () => {
    expect(parseConfig('app', {}, { PORT: '1', WORKERS: '2', XRAY: 'on' })).toBe(
      'app cannot start, 1 setting is wrong:\n' +
        '  XRAY  must be off where WORKERS is above 1, since each worker would know only a part of every trace\n',
    );
    expect(parseConfig('app', {}, { PORT: '1', WORKERS: '2', XRAY: 'off' })).toMatchObject({ WORKERS: 2 });
  });
});
