import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkAlways, checkAtRest } from './choreography/invariants.ts';
import { fill } from './choreography/processes.ts';
import { rest, type Help } from './choreography/rest.ts';
import { shoppers, step } from './choreography/steps.ts';
import { openWorld, type World } from './choreography/world.ts';

// To repeat a failure: SAGA_SEED as it printed it. To look longer: SAGA_RUNS.
const seed = process.env['SAGA_SEED'];
const runs = Number(process.env['SAGA_RUNS'] ?? 3000);

const scenario = fc.record({
  help: fc.constantFrom<Help>('helped', 'unhelped'),
  away: fc.constantFrom(undefined, undefined, undefined, 'cart' as const, 'payment' as const),
  inboxes: fc.constantFrom('with inboxes' as const, 'without inboxes' as const),
  units: fc.record({ A: fc.integer({ min: 2, max: 9 }), B: fc.integer({ min: 0, max: 5 }) }),
  // After so many steps all comes to rest in between, so that there are orders to cancel.
  calmAfter: fc.constantFrom(0, 20, 20, 40, 80),
  // Numbers that say what happens, alike for all that can.
  steps: fc.noBias(fc.array(fc.integer({ min: 0, max: 2 ** 31 }), { maxLength: 150, size: 'max' })),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

const seen = { paid: 0, canceled: 0, out_of_stock: 0, payment_declined: 0, payment_unavailable: 0, lost: 0 };

async function live({ help, away, inboxes, units, calmAfter, steps }: Scenario): Promise<void> {
  const world = openWorld(units, inboxes);
  try {
    for (const [index, shopper] of shoppers.entries()) fill(world, shopper, 'A', index % 2 === 0 ? 1 : 2);
    fill(world, shoppers[0] as string, 'B', 1);
    for (const [index, n] of steps.entries()) {
      if (index > 0 && index === calmAfter) await rest(world, help);
      await step(world, { help, away }, n);
      checkAlways(world);
      if (world.failures.length > 0) throw world.failures[0];
    }
    await comeToRest(world, help);
    for (const { order } of world.state.order.orders.values()) {
      if (order.status !== 'pending') seen[order.reason ?? (order.status as 'paid' | 'canceled')] += 1;
    }
    seen.lost += world.messages.dead.length;
    // What was set aside is delivered after all; without inboxes, so is everything that was ever said.
    world.trace.push('what was lost comes up again');
    const again = inboxes === 'with inboxes' ? world.messages.dead : world.messages.ever.toReversed();
    world.messages.underWay.push(...again);
    world.messages.dead.length = 0;
    await comeToRest(world, help);
  } catch (error) {
    const story = world.trace.slice(-60).join('\n  ');
    throw new Error(`${error instanceof Error ? error.message : String(error)}, after:\n  ${story}`, { cause: error });
  }
}

async function comeToRest(world: World, help: Help): Promise<void> {
  await rest(world, help);
  if (world.failures.length > 0) throw world.failures[0];
  checkAtRest(world);
}

it('keeps stock, money, carts and orders in balance, whatever is late, double, lost or crashes', async () => {
  await fc.assert(fc.asyncProperty(scenario, live), {
    numRuns: runs,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  });
  // The property says little of what never came up.
  if (runs >= 1000) expect(Math.min(...Object.values(seen))).toBeGreaterThan(10);
}, 600_000);
