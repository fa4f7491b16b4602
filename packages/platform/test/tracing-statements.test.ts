import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inTransaction } from '../src/postgres.ts';
import { currentRequest, detached, withRequest } from '../src/request-context.ts';
import { within } from '../src/tracing/active-span.ts';
import { endWith, joinTrace, keepSpans, spansOf } from '../src/tracing/recorder.ts';
import { resumeTrace } from '../src/tracing/resume.ts';
import { startCommand } from '../src/tracing/statement-span.ts';
import { describeMessaging, openBed, rejected, type Bed } from './messaging-bed.ts';
import { until } from './until.ts';
import { names, newTrace, spansWhen } from './tracing-bed.ts';

const SECRET = 'tok_4242';

beforeAll(() => keepSpans('test'));

/** Does work within the span of a request, and answers the trace's id. */
async function inRequest(work: () => Promise<unknown>): Promise<string> {
  const { traceId, headers } = newTrace();
  const { traceparent } = headers;
  const request = { requestId: 'r', traceparent, statements: 0, calls: 0, deadline: undefined };
  const span = joinTrace('request', 'server', {}, traceparent)!;
  await within(span, () => withRequest(request, work)).finally(() => span.end());
  return traceId;
}

describeMessaging('the span of a statement', () => {
  let bed: Bed;
  beforeEach(() => {
    bed = openBed();
  });
  afterEach(() => bed.close());

  it('is named for what it does, has its text and its rows, and none of its values', async () => {
    const { db } = await bed.service();
    const insert = 'insert into effects (type, order_id) values ($1, gen_random_uuid())';
    const moved = `
      with old as (delete from effects where type = $1 returning order_id)
      insert into effects (type, order_id) select 'moved', order_id from old returning order_id`;
    const traceId = await inRequest(async () => {
      await db.query(insert, [SECRET]);
      await db.query(moved, [SECRET]);
    });
    const [request, ...statements] = await spansWhen(traceId, 3);
    expect(names(statements)).toEqual(['client INSERT effects', 'client DELETE effects']);
    expect(statements.map(({ attributes }) => attributes)).toEqual([
      { 'db.system.name': 'postgresql', 'db.query.text': insert, 'db.response.returned_rows': 0 },
      { 'db.system.name': 'postgresql', 'db.query.text': moved, 'db.response.returned_rows': 1 },
    ]);
    for (const { parentSpanId } of statements) expect(parentSpanId).toBe(request?.spanId);
    expect(JSON.stringify(statements)).not.toContain(SECRET);
  });

  it('is there for each statement of a transaction', async () => {
    const { db } = await bed.service();
    const select = (sql: Pick<typeof db, 'query'>) => sql.query('select id from messaging.outbox for update');
    const traceId = await inRequest(async () => {
      await inTransaction(db, select);
      await inTransaction(db, () => Promise.reject(new Error('back'))).catch(() => {});
    });
    const [, ...statements] = await spansWhen(traceId, 6);
    expect(statements.map(({ name }) => name)).toEqual([
      'BEGIN',
      'SELECT messaging.outbox',
      'COMMIT',
      'BEGIN',
      'ROLLBACK',
    ]);
  });

  it('says which kind of error PostgreSQL answered, without the value that it quotes', async () => {
    const { db } = await bed.service();
    const failing = () => db.query('select $1::text::integer from effects', [SECRET]);
    const traceId = await inRequest(() => expect(failing()).rejects.toThrow(SECRET));
    const spans = await spansWhen(traceId, 2);
    expect(spans.map(({ name, error }) => [name, error])).toEqual([
      ['request', undefined],
      ['SELECT effects', 'DatabaseError 22P02'],
    ]);
    expect(JSON.stringify(spans)).not.toContain(SECRET);
  });

  it('is not kept where no request has caused it', async () => {
    const { db } = await bed.service();
    const { traceId, headers } = newTrace();
    const { traceparent } = headers;
    const request = { requestId: 'r', traceparent, statements: 0, calls: 0, deadline: undefined };
    await withRequest(request, () => db.query('select 1'));
    expect(request.statements).toBe(1);
    expect(spansOf(traceId)).toEqual([]);
  });

  it('follows events from service to service, and into work that is left to a background job', async () => {
    const [order, payment] = [await bed.service(), await bed.service()];
    let background: Promise<unknown> | undefined;
    await bed.run('order', order);
    await bed.run('payment', payment, async (type, orderId) => {
      if (type !== 'order.rejected.v1') return [];
      const look = () => payment.db.query('select order_id from effects');
      background = detached(() => resumeTrace('payment.work', orderId, look));
      return [{ type: 'payment.refunded.v1', data: { orderId } }];
    });
    const traceId = await inRequest(() => order.say(rejected()));
    await until(async () => (await order.effects()).length === 1);
    await background;
    const isDone = () => spansOf(traceId).filter(({ kind }) => kind === 'consumer').length === 2;
    await until(isDone);
    const spans = await spansWhen(traceId, 1);
    const find = (name: string) => spans.find((span) => span.name === name);
    const path = [
      'request',
      'send order.rejected',
      'process order.rejected',
      'send payment.refunded',
      'process payment.refunded',
    ];
    const chain = path.map(find);
    expect(chain.map((span) => span?.name)).toEqual(path);
    expect(chain.map((span) => span?.kind)).toEqual(['server', 'producer', 'consumer', 'producer', 'consumer']);
    chain.forEach((span, index) => {
      if (index > 0) expect(span?.parentSpanId).toBe(chain[index - 1]?.spanId);
    });
    const [, said, handled] = chain;
    expect(said?.durationMs).toBeLessThan(1);
    expect(said?.attributes).toEqual({
      'messaging.system': 'rabbitmq',
      'messaging.operation.name': 'send',
      'messaging.destination.name': 'order.rejected.v1',
      'messaging.message.id': handled?.attributes['messaging.message.id'],
    });
    expect(handled?.attributes['twinstore.queued_ms']).toBeGreaterThanOrEqual(0);
    const within = spans.filter(({ parentSpanId }) => parentSpanId === handled?.spanId).map(({ name }) => name);
    expect(within).toEqual(expect.arrayContaining(['BEGIN', 'INSERT messaging.inbox', 'INSERT effects', 'COMMIT']));
    const work = find('payment.work');
    expect(work).toMatchObject({ kind: 'internal', parentSpanId: handled?.spanId });
    expect(find('SELECT effects')?.parentSpanId).toBe(work?.spanId);
  });

  it('tells of a reaction that failed, try by try', async () => {
    const [order, payment] = [await bed.service(), await bed.service()];
    let tries = 0;
    await bed.run('order', order);
    await bed.run('payment', payment, async () => {
      tries += 1;
      if (tries === 1) throw new RangeError(SECRET);
    });
    const traceId = await inRequest(() => order.say(rejected()));
    const tried = () => spansOf(traceId).filter(({ kind }) => kind === 'consumer');
    await until(() => tried().length === 2);
    expect(tried().map(({ error }) => error)).toEqual(['RangeError', undefined]);
    expect(JSON.stringify(spansOf(traceId))).not.toContain(SECRET);
  });
});

describe('the span of a command to MongoDB', () => {
  it('is counted, and ends with the command', async () => {
    let statements: number | undefined;
    const traceId = await inRequest(async () => {
      await endWith(startCommand('findOne', 'carts'), Promise.resolve());
      const refused = Object.assign(new Error(SECRET), { code: 11_000 });
      await endWith(startCommand('insertOne', 'carts'), Promise.reject(refused)).catch(() => {});
      statements = currentRequest()?.statements;
    });
    expect(statements).toBe(2);
    const [, found, inserted] = await spansWhen(traceId, 3);
    expect(found).toMatchObject({
      name: 'findOne carts',
      kind: 'client',
      error: undefined,
      attributes: { 'db.system.name': 'mongodb', 'db.operation.name': 'findOne', 'db.collection.name': 'carts' },
    });
    expect(inserted).toMatchObject({ name: 'insertOne carts', error: 'Error 11000' });
  });
});
