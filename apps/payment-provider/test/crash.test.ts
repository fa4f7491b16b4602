import { expect, it } from '@jest/globals';
import { describeProvider, order } from './bench.ts';

describeProvider('a provider that is killed with -9', (bench) => {
  it('has captured once what it had recorded and not yet answered', async () => {
    const request = order('tok_timeout'); // its answer is held back for 500 ms
    const answer = bench.charge(request).catch(() => 'none');
    while ((await bench.outcomesOf(request.orderId)).length === 0) await pause(5);
    await bench.provider.kill();
    expect(await answer).toBe('none');
    await bench.provider.start();
    expect(await bench.charge(request)).toMatchObject({ status: 200, body: { outcome: 'captured' } });
    expect(await bench.outcomesOf(request.orderId)).toEqual(['captured']);
  });

  it('has lost nothing that it answered, and charges nobody twice who asks again', async () => {
    const requests = Array.from({ length: 300 }, () => order());
    const answered = new Set<string>();
    let killing: Promise<void> | undefined;
    const shoppers = Array.from({ length: 10 }, async (_, shopper) => {
      for (const request of requests.filter((_, index) => index % 10 === shopper)) {
        const answer = await bench.charge(request).catch(() => undefined);
        if (answer?.ok) answered.add(request.orderId);
        if (answered.size === 120) killing ??= bench.provider.kill();
      }
    });
    await Promise.all(shoppers);
    await killing;
    expect(answered.size).toBeLessThan(requests.length);

    await bench.provider.start();
    for (const { orderId } of requests.filter((request) => answered.has(request.orderId)))
      expect(await bench.outcomesOf(orderId)).toEqual(['captured']);
    for (const request of requests) {
      expect(await bench.charge(request)).toMatchObject({ body: { outcome: 'captured' } });
      expect(await bench.outcomesOf(request.orderId)).toEqual(['captured']);
    }
  });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
