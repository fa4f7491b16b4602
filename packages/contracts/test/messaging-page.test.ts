import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { events, speakerOf, subscriptions, type EventType } from '../src/index.ts';

const page = readFileSync(new URL('../../../docs/messaging.md', import.meta.url), 'utf8');

/** The page's table of events: type, who says it, who hears it. */
const told = [...page.matchAll(/^\| `([a-z.-]+\.v\d+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|$/gm)].map(
  ([, type, speaker = '', listeners = '']) => ({ type, speaker, listeners: listeners.split(', ').sort() }),
);

const listenersOf = (type: EventType): string[] =>
  Object.entries(subscriptions)
    .filter(([, types]) => (types as readonly EventType[]).includes(type))
    .map(([name]) => name)
    .sort();

describe('docs/messaging.md', () => {
  it('tells of each event who says it and who hears it', () => {
    const types = Object.keys(events) as EventType[];
    expect(told).toEqual(
      types.map((type) => ({
        type,
        speaker: speakerOf(type).replace('-service', ''),
        listeners: listenersOf(type),
      })),
    );
  });

  it('draws each event', () => {
    const picture = /## The flow\n\n```text\n([^`]+)```/.exec(page)?.[1] ?? '';
    const drawn = new Set(picture.match(/(?:order|stock|payment|cart)\.[a-z-]+/g));
    expect([...drawn].sort()).toEqual(
      Object.keys(events)
        .map((type) => type.replace(/\.v\d+$/, ''))
        .sort(),
    );
  });
});
