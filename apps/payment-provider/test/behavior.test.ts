import { expect, it } from '@jest/globals';
import { describeProvider, order, type Bench } from './bench.ts';

/** By a connection of its own, so that any process that shares the port may be the one that answers. */
const readAlone = async (url: string): Promise<unknown> =>
  (await fetch(url, { headers: { Connection: 'close' } })).json();

const well = { latencyMs: { p50: 0, p99: 0 }, declineRate: 0, lostAnswerRate: 0, unavailable: false };

describeProvider('the behavior of the provider', (bench: Bench) => {
  it('is without faults at first', async () => {
    expect(await bench.behavior()).toMatchObject({ status: 200, body: well });
  });

  it('is replaced as a whole: what is left out is without faults again', async () => {
    const all = { latencyMs: { p50: 1.5, p99: 20 }, declineRate: 0.5, lostAnswerRate: 1, unavailable: true };
    expect(await bench.behave(all)).toMatchObject({ status: 200, body: all });
    expect(await bench.behavior()).toMatchObject({ body: all });
    expect(await bench.behave({ declineRate: 1 })).toMatchObject({ body: { ...well, declineRate: 1 } });
    expect(await bench.behavior()).toMatchObject({ body: { ...well, declineRate: 1 } });
  });

  it('takes a p99 that is left out for the p50', async () => {
    expect(await bench.behave({ latencyMs: { p50: 3 } })).toMatchObject({
      body: { ...well, latencyMs: { p50: 3, p99: 3 } },
    });
  });

  it.each([
    [{ declineRate: 1.5 }, '#/declineRate', 'must be at most 1'],
    [{ lostAnswerRate: -0.1 }, '#/lostAnswerRate', 'must be at least 0'],
    [{ unavailable: 'yes' }, '#/unavailable', 'must be true or false'],
    [{ latencyMs: { p50: 10, p99: 5 } }, '#/latencyMs/p99', 'must be at least p50'],
    [{ latencyMs: { p50: 'slow', p99: 5 } }, '#/latencyMs/p50', 'must be a number'],
    [{ latencyMs: { p50: 1, p99: 30_001 } }, '#/latencyMs/p99', 'must be at most 30000'],
    [{ latencyMs: null }, '#/latencyMs', 'must be an object'],
    [[], '#', 'must be an object'],
  ])('refuses %j and stays as it was', async (behavior, pointer, detail) => {
    expect(await bench.behave(behavior)).toMatchObject({
      status: 400,
      problem: { type: '/problems/validation', errors: [{ pointer, detail }] },
    });
    expect(await bench.behavior()).toMatchObject({ body: well });
  });

  it.each([
    ['{"declineRate":', 'application/json', 400, '/problems/malformed-json'],
    ['declineRate=1', 'application/x-www-form-urlencoded', 415, '/problems/unsupported-media-type'],
  ])('refuses the body %j of type %s, and stays as it was', async (body, type, status, problem) => {
    const url = `${bench.provider.url}/behavior`;
    const answer = await fetch(url, { method: 'PUT', headers: { 'Content-Type': type }, body });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      expect.stringMatching(/^application\/problem\+json\b/),
    ]);
    expect(await answer.json()).toMatchObject({ type: problem, status });
    expect(await bench.behavior()).toMatchObject({ body: well });
  });

  it('is the same on every connection, at once', async () => {
    for (const declineRate of [0.1, 0.2, 0.3, 0.4]) {
      await bench.behave({ declineRate });
      const seen = await Promise.all(Array.from({ length: 12 }, () => readAlone(`${bench.provider.url}/behavior`)));
      expect(seen).toEqual(seen.map(() => ({ ...well, declineRate })));
    }
  });

  it('survives a kill -9', async () => {
    await bench.behave({ declineRate: 0.25 });
    await bench.provider.kill();
    await bench.provider.start();
    expect(await bench.behavior()).toMatchObject({ body: { ...well, declineRate: 0.25 } });
  });

  it('declines good cards at the decline rate, for ever', async () => {
    await bench.behave({ declineRate: 1 });
    const request = order();
    expect(await bench.charge(request)).toMatchObject({ body: { outcome: 'declined' } });
    await bench.behave({});
    expect(await bench.charge(request)).toMatchObject({ body: { outcome: 'declined' } });
  });

  it('loses answers to charges and refunds after all is recorded, but never those of voids', async () => {
    const request = order();
    await bench.behave({ lostAnswerRate: 1 });
    await expect(bench.charge(request)).rejects.toThrow();
    expect(await bench.outcomesOf(request.orderId)).toEqual(['captured']);
    await expect(bench.refund(request)).rejects.toThrow();
    expect(await bench.outcomesOf(request.orderId)).toEqual(['captured', 'refunded']);
    expect(await bench.void(request.key)).toMatchObject({ body: { outcome: 'captured' } });
  });

  it('refuses charges and refunds while unavailable, and goes on answering everything else', async () => {
    const [paid, late, given] = [order(), order(), order()];
    await bench.charge(paid);
    await bench.behave({ unavailable: true });
    const refusal = { status: 503, problem: { type: '/problems/provider-refused' } };
    expect(await bench.charge(late)).toMatchObject(refusal);
    expect(await bench.refund(paid)).toMatchObject(refusal);
    expect(await bench.void(given.key)).toMatchObject({ body: { outcome: 'voided' } });
    expect(await bench.outcomesOf(paid.orderId)).toEqual(['captured']);
    expect(await bench.outcomesOf(late.orderId)).toEqual([]);
    await bench.behave({});
    expect(await bench.charge(late)).toMatchObject({ body: { outcome: 'captured' } });
  });

  it('takes its time when it is slow', async () => {
    await bench.behave({ latencyMs: { p50: 200, p99: 200 } });
    const started = performance.now();
    await bench.charge(order());
    expect(performance.now() - started).toBeGreaterThan(195);
  });

  it('hurries when the process is stopped, and answers what it has taken', async () => {
    await bench.behave({ latencyMs: { p50: 30_000, p99: 30_000 } });
    const request = order();
    const charged = bench.charge(request);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await bench.provider.stop();
    expect(await charged).toMatchObject({ body: { outcome: 'captured' } });
    await bench.provider.start();
    expect(await bench.outcomesOf(request.orderId)).toEqual(['captured']);
  });
});
