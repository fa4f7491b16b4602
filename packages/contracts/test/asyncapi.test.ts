import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { fullFormats as formats } from 'ajv-formats/dist/formats.js';
import { z } from 'zod';
import { asyncApi, CloudEvent, events, speakerOf, subscriptions, type EventType } from '../src/index.ts';

interface Document {
  readonly channels: Record<string, { messages: object; bindings: { amqp: Record<string, object> } }>;
  readonly operations: Record<string, { action: string; channel: { $ref: string }; messages: { $ref: string }[] }>;
}

const types = Object.keys(events) as EventType[];
const text = JSON.stringify(asyncApi({ title: 'Events', version: '0.0.0', description: 'What is said' }));
const document = JSON.parse(text) as Document;

const official: object = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json');
const judge = new Ajv({ strict: false, formats }).compile(official);

/** What the official JSON schema of AsyncAPI 3.0 has to say against a document. */
function faults(source: unknown): readonly string[] {
  return judge(source) ? [] : (judge.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** What a JSON pointer of the document leads to. */
const at = (pointer: string): unknown =>
  pointer
    .replace('#/', '')
    .split('/')
    .reduce((place: unknown, name) => (place as Record<string, unknown> | undefined)?.[name], document);

const broken = (from: string, to: string): unknown => {
  expect(text).toContain(from);
  return JSON.parse(text.replace(from, to));
};

describe('the AsyncAPI document', () => {
  it('is one by the official schema', () => {
    expect(faults(document)).toEqual([]);
  });

  it.each([
    ['"action":"send"', '"action":"shout"'],
    ['"type":"topic"', '"type":"tropic"'],
    ['"host":"{host}",', ''],
    ['"correlationId":{"location":"$message.', '"correlationId":{"location":"message.'],
  ])('would not be one with %s made %s', (from, to) => {
    expect(faults(broken(from, to))).not.toEqual([]);
  });

  it('has no reference that leads nowhere', () => {
    const pointers = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, pointer = '']) => pointer);
    expect(pointers.length).toBeGreaterThan(types.length * 4);
    expect(pointers.filter((pointer) => at(pointer) === undefined)).toEqual([]);
  });

  it('has a channel for each event and a durable queue for each listening service', () => {
    const queues = Object.keys(subscriptions).map((name) => `twinstore.${name}`);
    expect(Object.keys(document.channels).sort()).toEqual([...types, ...queues].sort());
    for (const type of types) {
      expect(document.channels[type]?.bindings.amqp).toMatchObject({
        is: 'routingKey',
        exchange: { name: 'twinstore.events', type: 'topic', durable: true },
      });
    }
    for (const name of queues) {
      expect(document.channels[name]?.bindings.amqp).toMatchObject({
        queue: { name, durable: true },
        'x-queue-type': 'quorum',
      });
    }
  });

  it('has each event said by one service, and waited for by those that subscribe to it', () => {
    const operations = Object.values(document.operations);
    const said = operations.filter(({ action }) => action === 'send').map(({ channel }) => channel.$ref);
    expect(said.sort()).toEqual(types.map((type) => `#/channels/${type}`).sort());

    const heard = operations.filter(({ action }) => action === 'receive');
    for (const [name, list] of Object.entries(subscriptions)) {
      const channel = `#/channels/twinstore.${name}`;
      const messages = heard.find((operation) => operation.channel.$ref === channel)?.messages;
      expect(messages?.map(({ $ref }) => $ref)).toEqual(list.map((type) => `${channel}/messages/${type}`));
    }
    expect(heard).toHaveLength(Object.keys(subscriptions).length);
  });

  it('describes exactly the messages that a listener takes', () => {
    const check = new Ajv({ strict: false, formats }).addSchema(document, 'document');
    for (const type of types) {
      const describes = check.compile({ $ref: `document#/components/messages/${type}/payload` });
      const takes = CloudEvent.extend({ type: z.literal(type), data: events[type] });
      for (const { message, good } of messagesLike(type)) {
        expect({ message, good: describes(message) }).toEqual({ message, good });
        expect({ message, good: takes.safeParse(message).success }).toEqual({ message, good });
      }
    }
  });
});

describe('the events', () => {
  it('are each waited for by somebody, and by nobody twice', () => {
    expect([...new Set<EventType>(Object.values(subscriptions).flat())].sort()).toEqual([...types].sort());
    for (const list of Object.values(subscriptions)) expect(new Set(list).size).toBe(list.length);
  });
});

/** A message of the type with all that it needs, with something new in it, and spoiled in several ways. */
function* messagesLike(type: EventType): Generator<{ message: Record<string, unknown>; good: boolean }> {
  const id = '01920000-0000-7000-8000-000000000000';
  const words: Record<string, unknown> = {
    orderId: id,
    shopper: id,
    lines: [{ sku: 'mug', quantity: 2 }],
    total: { amount: 1999, currency: 'USD' },
    paymentToken: 'tok_visa',
    reason: 'out_of_stock',
    because: 'payment_declined',
    skus: ['mug'],
  };
  const data = Object.fromEntries(Object.keys(events[type].shape).map((name) => [name, words[name]]));
  const message = {
    specversion: '1.0',
    id,
    source: `/${speakerOf(type)}`,
    type,
    subject: id,
    time: '2026-01-02T03:04:05.678Z',
    datacontenttype: 'application/json',
    data,
  };
  yield { message, good: true };
  yield { message: { ...message, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }, good: true };
  yield { message: { ...message, data: { ...data, news: 'a member of a later day' } }, good: true };
  yield { message: { ...message, type: 'order.eaten.v1' }, good: false };
  yield { message: { ...message, subject: 'the third one' }, good: false };
  for (const member of Object.keys(message)) yield { message: without(message, member), good: false };
  for (const member of Object.keys(data)) {
    yield { message: { ...message, data: without(data, member) }, good: false };
    yield { message: { ...message, data: { ...data, [member]: 7 } }, good: false };
  }
}

const without = (from: object, member: string) =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name !== member));
