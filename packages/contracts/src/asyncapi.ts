import { z } from 'zod';
import { CloudEvent, events, subscriptions, type EventType, type Subscriber } from './events.ts';
import { Money } from './shapes.ts';
import { subscribers, topology } from './topology.ts';

type Json = Record<string, unknown>;

/** As they are called unless an operator chooses another namespace. */
const names = topology('twinstore');

const SCHEMAS = '#/components/schemas/';

type Subject<T extends string> = T extends `${infer First}.${string}` ? First : never;

/** Which service says what, by the first word of the event's type. */
const SPEAKERS = {
  order: 'order-service',
  stock: 'product-service',
  payment: 'payment-service',
  cart: 'cart-service',
} as const satisfies Record<Subject<EventType>, string>;

const types = Object.keys(events) as EventType[];

/** The service that says events of this type. */
export const speakerOf = (type: EventType): string => SPEAKERS[type.slice(0, type.indexOf('.')) as Subject<EventType>];

/** The AsyncAPI 3.0 document of the events: who says what on which exchange, and in which queue it is waited for. */
export function asyncApi(info: { title: string; version: string; description: string }): Json {
  return {
    asyncapi: '3.0.0',
    info: { ...info, license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' } },
    defaultContentType: 'application/cloudevents+json',
    servers: {
      broker: {
        host: '{host}',
        protocol: 'amqp',
        protocolVersion: '0-9-1',
        description: 'RabbitMQ',
        variables: { host: { default: 'localhost:5672', description: 'Host and port of the broker' } },
      },
    },
    channels: Object.fromEntries([...types.map(eventChannel), ...subscribers.map(queueChannel)]),
    operations: Object.fromEntries([...types.map(sending), ...subscribers.map(receiving)]),
    components: {
      messages: Object.fromEntries(types.map((type) => [type, message(type)])),
      schemas: componentSchemas(),
    },
  };
}

const eventChannel = (type: EventType) => [
  type,
  {
    address: type,
    description: `The routing key is the event's type. Listening: ${listenersOf(type).join(', ')}.`,
    messages: messages([type]),
    bindings: amqp({
      is: 'routingKey',
      exchange: { name: names.events, type: 'topic', durable: true, autoDelete: false },
    }),
  },
];

const queueChannel = (subscriber: Subscriber) => [
  names.queue(subscriber),
  {
    address: names.queue(subscriber),
    description:
      `A quorum queue, bound to the exchange by the types of its messages. All clones of ${serviceOf(subscriber)} read from it; ` +
      `each message goes to one of them. What cannot be handled waits in \`${names.deadLetters(subscriber)}\`.`,
    messages: messages(subscriptions[subscriber]),
    bindings: amqp({
      is: 'queue',
      queue: { name: names.queue(subscriber), durable: true, exclusive: false, autoDelete: false },
      // The binding has no member for a queue's type.
      'x-queue-type': 'quorum',
    }),
  },
];

const sending = (type: EventType) => [
  `${speakerOf(type)}.says.${type}`,
  operation('send', type, [type], speakerOf(type), { deliveryMode: 2, mandatory: true }),
];

const receiving = (subscriber: Subscriber) => [
  `${serviceOf(subscriber)}.listens`,
  operation('receive', names.queue(subscriber), subscriptions[subscriber], serviceOf(subscriber), { ack: true }),
];

const operation = (action: string, channel: string, of: readonly EventType[], service: string, binding: Json) => ({
  action,
  channel: { $ref: `#/channels/${channel}` },
  messages: of.map((type) => ({ $ref: `#/channels/${channel}/messages/${type}` })),
  tags: [{ name: service }],
  bindings: amqp(binding),
});

const message = (type: EventType): Json => ({
  name: type,
  correlationId: { location: '$message.payload#/subject', description: 'The order' },
  payload: {
    allOf: [
      { $ref: `${SCHEMAS}CloudEvent` },
      {
        type: 'object',
        required: ['data'],
        properties: {
          type: { const: type },
          source: { const: `/${speakerOf(type)}` },
          data: { $ref: SCHEMAS + type },
        },
      },
    ],
  },
});

/** The envelope, the payloads by their event's type, and what they share. */
function componentSchemas(): Json {
  const { orderId, shopper, lines } = events['order.placed.v1'].shape;
  const shared = { CloudEvent, Money, OrderId: orderId, Shopper: shopper, Lines: lines };
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(shared)) registry.add(schema, { id });
  for (const type of types) registry.add(events[type], { id: type });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => SCHEMAS + id,
    // A listener lets a member pass that it does not know: a payload may get new ones.
    io: 'input',
    target: 'draft-07',
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, id: _own, ...rest }]) => [id, rest]),
  );
}

const messages = (of: readonly EventType[]) =>
  Object.fromEntries(of.map((type) => [type, { $ref: `#/components/messages/${type}` }]));

const listenersOf = (type: EventType) =>
  subscribers.filter((who) => (subscriptions[who] as readonly EventType[]).includes(type)).map(serviceOf);

const serviceOf = (subscriber: Subscriber) => `${subscriber}-service`;
const amqp = (binding: Json) => ({ amqp: { ...binding, bindingVersion: '0.3.0' } });
