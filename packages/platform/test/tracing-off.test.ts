import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { reply, routes } from '@twinstore/contracts';
import { request } from 'undici';
import { bind } from '../src/http/bind.ts';
import { activeSpan, type OpenSpan } from '../src/tracing/active-span.ts';
import { joinTrace, spansOf, startSpan } from '../src/tracing/recorder.ts';
import { resumeTrace } from '../src/tracing/resume.ts';
import { traced } from '../src/tracing/traced.ts';
import { exposeSpans } from '../src/tracing/traces.ts';
import { anyone, closeAll, newTrace, serve, upstream } from './tracing-bed.ts';

afterEach(closeAll);

// Nothing in this file switches them on.
describe('spans that are off', () => {
  it('are not started, whoever asks', async () => {
    const { traceId, headers } = newTrace();
    const parent: OpenSpan = {
      traceId,
      spanId: '00f067aa0ba902b7',
      traceparent: headers.traceparent,
      name: 'parent',
      set: () => {},
      end: () => {},
    };
    expect(startSpan('child', 'internal', {}, parent)).toBeUndefined();
    expect(joinTrace('root', 'server', {}, headers.traceparent)).toBeUndefined();
    expect(await resumeTrace('work', 'order', async () => activeSpan())).toBeUndefined();
  });

  it('leave a port as it is', () => {
    const port = { quote: async () => [] };
    expect(traced('product', port)).toBe(port);
  });

  it('leave what is sent to other processes as it was', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const other = createServer((req, res) => {
      seen.push(req.headers);
      res.end('{"result":true}');
    }).listen(0);
    const service = upstream('other', `http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    const url = await serve([
      bind(routes.getSession, async () => {
        await Promise.all([service.invoke('/internal/x/y', [], 1000), service.invoke('/internal/x/y', [], 1000)]);
        return reply(200, { account: null });
      }),
    ]);
    const { traceId, parentId, headers } = newTrace('00');
    const answer = await request(`${url}/api/session`, { headers: { ...headers, 'x-request-id': 'mine' } });
    await answer.body.dump();
    other.close();
    expect(answer.headers['server-timing']).toMatch(/^total;dur=[\d.]+, sql;desc="0", calls;desc="2"$/);
    expect(seen.map((one) => one['x-request-id'])).toEqual(['mine', 'mine']);
    const [first, second] = seen.map((one) => String(one['traceparent']));
    expect(first).toMatch(new RegExp(`^00-${traceId}-(?!${parentId})[0-9a-f]{16}-00$`));
    expect(second).toMatch(new RegExp(`^00-${traceId}-(?!${parentId})[0-9a-f]{16}-00$`));
    expect(second).not.toBe(first);
    expect(spansOf(traceId)).toEqual([]);
  });

  it('are none, for a front door that asks', async () => {
    const url = await serve([], [exposeSpans(anyone)]);
    const { statusCode, body } = await request(`${url}/internal/spans/of`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([newTrace().traceId]),
    });
    expect(statusCode).toBe(200);
    expect(await body.json()).toEqual({ result: [] });
  });
});
