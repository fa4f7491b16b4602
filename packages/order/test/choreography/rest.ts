import { resumeOverdue, startPaying } from './processes.ts';
import type { World } from './world.ts';

/** Whether the reconciler says things again, and messages may be lost: without a loss, it must go without that. */
export type Help = 'helped' | 'unhelped';

const ROUNDS = 60;

/** Lets everything happen that is under way or due, with no more faults. @throws if that never ends */
export async function rest(world: World, help: Help): Promise<void> {
  const { state, gates, messages, clock } = world;
  world.trace.push('from here on all goes well');
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let turn = 0; messages.underWay.length + gates.parked.length + gates.late.length > 0; turn += 1) {
      if (turn > 10_000) throw new Error('it never comes to rest');
      const message = messages.underWay[(turn * 7919) % Math.max(1, messages.underWay.length)];
      const gate = gates.parked[(turn * 7919) % Math.max(1, gates.parked.length)];
      if (message) await world.deliver(message, 'fine');
      if (gate) await gates.release(gate, 'fine');
      await gates.late.shift()?.();
    }
    const due = [...state.order.orders.values(), ...state.payment.requests.values()];
    if (due.every(({ dueAt }) => dueAt === undefined)) return;
    await startPaying(world);
    await resumeOverdue(world, 'calls');
    if (help === 'helped') await resumeOverdue(world, 'events');
    if (gates.parked.length === 0) clock.now += 3000;
  }
  throw new Error('something is left to do for ever');
}
