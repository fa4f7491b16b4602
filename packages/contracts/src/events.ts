import { z } from 'zod';
import { Money } from './shapes.ts';

/**
 * What the services tell each other when a checkout is `choreographed`: facts, in the past tense, each about one order.
 * A type's last part is the version of its payload. A payload may get new members that consumers can do without; any
 * other change is a new version with a type of its own, and both are said until nobody listens to the old one.
 */

const orderId = z.uuid().meta({ description: 'Order that this is about; also the subject of the envelope' });
const shopper = z.uuid().meta({ description: 'Shopper whose order it is' });
const line = z.object({ sku: z.string(), quantity: z.int().min(1) });
const lines = z.array(line).min(1).meta({ description: 'Units bought of each product' });

const failure = z
  .enum(['payment_declined', 'payment_unavailable'])
  .meta({ description: 'Why the money was not taken' });

export const events = {
  'order.placed.v1': z.object({
    orderId,
    shopper,
    lines,
    total: Money,
    paymentToken: z.string().meta({ description: 'Stands for the card, once; the provider alone knows which card' }),
  }),
  'order.paid.v1': z.object({ orderId, shopper, lines }),
  'order.rejected.v1': z.object({
    orderId,
    reason: z.enum(['out_of_stock', 'payment_declined', 'payment_unavailable']),
  }),
  'order.canceled.v1': z.object({ orderId }),

  'stock.reserved.v1': z.object({ orderId }),
  'stock.refused.v1': z.object({ orderId, skus: z.array(z.string()).meta({ description: 'What fell short' }) }),
  'stock.sold.v1': z.object({ orderId }),
  'stock.released.v1': z.object({ orderId, because: failure }),
  'stock.returned.v1': z.object({ orderId }),

  'payment.captured.v1': z.object({ orderId }),
  'payment.failed.v1': z.object({ orderId, because: failure }),
  'payment.refunded.v1': z.object({ orderId }),

  'cart.taken-out.v1': z.object({ orderId }),
} as const satisfies Record<string, z.ZodObject>;

export type EventType = keyof typeof events;
export type EventData<T extends EventType> = z.infer<(typeof events)[T]>;

/** Something that happened, as a module says it. Whoever publishes it puts the envelope around it. */
export type Announcement = { [T in EventType]: { readonly type: T; readonly data: EventData<T> } }[EventType];

/** Services that listen: each has a queue of that name. */
export type Subscriber = 'product' | 'payment' | 'order' | 'cart';

/** Who listens to what. Whatever is said and not listed here reaches nobody, which a publisher is told. */
export const subscriptions = {
  product: ['order.placed.v1', 'order.paid.v1', 'order.canceled.v1', 'payment.failed.v1'],
  payment: ['order.placed.v1', 'order.rejected.v1', 'order.canceled.v1', 'stock.reserved.v1'],
  order: [
    'stock.refused.v1',
    'stock.released.v1',
    'stock.sold.v1',
    'stock.returned.v1',
    'payment.captured.v1',
    'payment.refunded.v1',
    'cart.taken-out.v1',
  ],
  cart: ['order.paid.v1'],
} as const satisfies Record<Subscriber, readonly EventType[]>;

/** What a subscriber does on each event that it listens to: its effect, and what there is to say because of it. */
export type Reactions<S extends Subscriber = Subscriber> = {
  readonly [T in (typeof subscriptions)[S][number]]: (data: EventData<T>) => Promise<readonly Announcement[]>;
};

const id = z.uuid().meta({ description: 'The same for every copy of one event, however often it is delivered' });

/** Envelope of an event: CloudEvents 1.0 in structured JSON, with its distributed tracing extension. https://cloudevents.io */
export const CloudEvent = z.object({
  specversion: z.literal('1.0'),
  id,
  source: z.string().meta({ description: 'Service that says it, for example /product-service' }),
  type: z.string(),
  subject: orderId,
  time: z.iso.datetime().meta({ description: 'When it was written down (RFC 3339, UTC)' }),
  datacontenttype: z.literal('application/json'),
  traceparent: z.string().optional().meta({ description: 'W3C trace that it belongs to' }),
  data: z.unknown(),
});
export type CloudEvent = z.infer<typeof CloudEvent>;
