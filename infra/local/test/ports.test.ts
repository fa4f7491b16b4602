import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { claimPort, freePort } from '../src/ports.ts';

describe('ports', () => {
  it('never gives out one port twice', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('names the setting of a port that is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    await expect(claimPort(port, 'MONOLITH_PORT')).rejects.toThrow(
      `Port ${port} is taken by another program: stop that one, or choose another port, for example MONOLITH_PORT=${port + 1000}.`,
    );
    other.close();
  });
});
