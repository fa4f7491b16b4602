import type { Subscriber } from '@twinstore/contracts';
import type { Fate } from './gates.ts';
import { begin, fill, place, resumeOverdue, startPaying } from './processes.ts';
import type { Help } from './rest.ts';
import { idOf, type DeliveryFate, type World } from './world.ts';

/** What may happen next, each as often as it stands here; but only if it can. */
const happenings = [
  ...many(10, 'deliver'),
  ...many(12, 'go on'),
  ...many(2, 'check out'),
  ...many(4, 'cancel'),
  ...many(3, 'pay'),
  ...many(2, 'a request comes late'),
  'time passes',
  'check out again',
  'say it again',
  'drive by calls',
  ...many(2, 'fill the cart'),
] as const;
const deliveries: readonly DeliveryFate[] = [...many(8, 'fine'), ...many(2, 'twin'), 'crash', ...many(2, 'lost')];
const fates: readonly Fate[] = [
  ...many(12, 'fine'),
  ...many(2, 'crash before'),
  ...many(2, 'crash after'),
  'refused',
  'answer lost',
  'request lost',
  'comes late',
];
const tokens = [...many(6, 'tok_visa'), 'tok_declined', 'tok_unavailable'];
/** Milliseconds: a moment, longer than any claim, longer than the provider is waited for. */
const pauses = [700, 700, 9000, 20_000];

function many<T extends string>(times: number, what: T): T[] {
  return Array.from({ length: times }, () => what);
}

// Of nothing, nothing: n % 0 is no index.
const pick = <T>(from: readonly T[], n: number): T | undefined => from[n % from.length];

export const shoppers = [idOf(0xa0001), idOf(0xa0002), idOf(0xa0003)];

type Happening = (typeof happenings)[number];

function possible({ state, gates, messages, requests, clock }: World): Record<Happening, boolean> {
  const orders = [...state.order.orders.values()];
  const isDue = ({ dueAt }: { dueAt: number | undefined }) => dueAt !== undefined && dueAt <= clock.now;
  return {
    deliver: messages.underWay.length > 0,
    'go on': gates.parked.length > 0,
    'check out': true,
    cancel: orders.some(({ order }) => order.status === 'paid' || order.status === 'canceled'),
    pay: [...state.payment.requests.values()].some(isDue),
    'a request comes late': gates.late.length > 0,
    'time passes': true,
    'check out again': requests.length > 0,
    'say it again': orders.some(({ dueAt }) => dueAt !== undefined),
    'drive by calls': orders.some((entry) => entry.awaiting === undefined && isDue(entry)),
    'fill the cart': true,
  };
}

export interface Circumstances {
  readonly help: Help;
  /** A service that hears nothing for the time being. */
  readonly away: Subscriber | undefined;
}

/** One thing happens, as the number says. */
export async function step(world: World, { help, away }: Circumstances, n: number): Promise<void> {
  const { state, gates, messages, requests, clock } = world;
  const can = possible(world);
  const what = pick(
    happenings.filter((one) => can[one]),
    n,
  ) as Happening;
  const which = Math.floor(n / 64) % 4096;
  const how = Math.floor(n / 262_144);
  const drivenBy = pick(['events', 'events', 'events', 'calls'] as const, how) ?? 'events';
  const aboutAn = (order: string | undefined) => order?.slice(-4) ?? '';

  switch (what) {
    case 'deliver': {
      const message = pick(
        messages.underWay.filter(({ to }) => to !== away),
        which,
      );
      const met = pick(deliveries, how) ?? 'fine';
      const fate = met === 'lost' && help === 'unhelped' ? 'fine' : met;
      if (!message) return;
      world.trace.push(`${message.to} hears ${message.type} of ${aboutAn(message.data.orderId)}: ${fate}`);
      return world.deliver(message, fate);
    }
    case 'go on': {
      const gate = pick(gates.parked, which);
      if (!gate) return;
      const fate = pick(fates, how) ?? 'fine';
      world.trace.push(`task ${gate.task} goes on with ${gate.step}: ${fate}`);
      return gates.release(gate, fate);
    }
    case 'check out': {
      const shopper = pick(shoppers, which) as string;
      const paymentToken = pick(tokens, Math.floor(how / 4)) as string;
      const request = {
        shopper,
        key: world.newId(),
        bodyDigest: paymentToken,
        paymentToken,
        shippingAddress: { name: 'Ada', line1: '1 Main St', city: 'Springfield', postalCode: '12345', country: 'US' },
        expectedTotal: undefined,
      };
      requests.push({ request, orderId: undefined });
      world.trace.push(`shopper ${shopper.slice(-1)} checks out with ${paymentToken}, by ${drivenBy}`);
      return place(world, requests.length - 1, drivenBy);
    }
    case 'check out again': {
      if (requests.length === 0) return;
      world.trace.push(`request ${which % requests.length} comes again, by ${drivenBy}`);
      return place(world, which % requests.length, drivenBy);
    }
    case 'cancel': {
      const entry = pick([...state.order.orders.values()], which);
      if (!entry) return;
      world.trace.push(`order ${aboutAn(entry.order.id)} is canceled, by ${drivenBy}`);
      return begin(world, () => world.checkout(drivenBy).cancel(entry.shopper, entry.order.id));
    }
    case 'pay':
      return startPaying(world);
    case 'say it again': {
      const entry = pick([...state.order.orders.values()], which);
      if (!entry?.awaiting || help === 'unhelped') return;
      world.trace.push(`of order ${aboutAn(entry.order.id)} all is said again`);
      return begin(world, () => world.checkout('events').resume(entry.order.id));
    }
    case 'drive by calls':
      return resumeOverdue(world, 'calls');
    case 'fill the cart':
      return fill(world, pick(shoppers, which) as string, pick(['A', 'B'], how) as string, 1);
    case 'time passes':
      clock.now += pick(pauses, which) as number;
      world.trace.push('time passes');
      return;
    case 'a request comes late': {
      world.trace.push('a late request reaches the provider');
      const [late] = gates.late.splice(which % Math.max(1, gates.late.length), 1);
      await late?.();
    }
  }
}
