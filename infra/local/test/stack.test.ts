import { describe, expect, it } from '@jest/globals';
import type { StoreDatabase } from '../src/databases.ts';
import { doorNames, doorsWith, startStack } from '../src/stack.ts';

describe('the choreographed door', () => {
  it('is one of all doors where there is a RabbitMQ, and left out where there is none', () => {
    expect(doorsWith('amqp://broker')).toEqual(doorNames);
    expect(doorsWith(undefined)).toEqual(['monolith', 'orchestrated', 'direct']);
  });

  it('is refused without a RabbitMQ, before anything is started', async () => {
    const databases = {} as Record<StoreDatabase, string>;
    await expect(startStack({ doors: ['direct', 'choreographed'], databases })).rejects.toThrow(
      'The door "choreographed" needs a RabbitMQ (rabbitUrl), and none was given.',
    );
  });
});
