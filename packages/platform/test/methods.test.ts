import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problem } from '@twinstore/contracts';
import { request } from 'undici';
import { fileRoute } from '../src/http/file-route.ts';
import { documents } from '../src/http/front-door.ts';
import { proxyPath } from '../src/http/proxy.ts';
import { anyone, closeAll, NOWHERE, serve, upstream } from './tracing-bed.ts';

let door: string;
beforeAll(async () => {
  const picture = fileRoute('/images/{file}', anyone, async () => problem('not-found'));
  const passedOn = proxyPath('/passed/{file}', upstream('product', NOWHERE));
  door = await serve([], [documents(), picture, passedOn]);
});
afterAll(closeAll);

const ask = async (path: string, method: 'OPTIONS' | 'POST') => {
  const { statusCode, headers, body } = await request(door + path, { method, headers: { 'x-request-id': 'mine' } });
  return { status: statusCode, headers, text: await body.text() };
};

describe.each([
  '/livez',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/asyncapi.json',
  '/docs',
  '/images/A.svg',
  '/passed/A.svg',
])('%s, which is not in the table of the contract', (path) => {
  it('tells its methods as any other address does', async () => {
    const { status, headers, text } = await ask(path, 'OPTIONS');
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({ allow: 'GET, HEAD, OPTIONS', 'x-request-id': 'mine' });
  });

  it('refuses a method that it does not have, and says which it has', async () => {
    const { status, headers, text } = await ask(path, 'POST');
    expect(status).toBe(405);
    expect(headers).toMatchObject({ allow: 'GET, HEAD, OPTIONS', 'x-request-id': 'mine' });
    expect(JSON.parse(text)).toMatchObject({ type: '/problems/method-not-allowed' });
  });
});

it('an address that nobody knows has no methods to tell', async () => {
  expect((await ask('/nowhere', 'OPTIONS')).status).toBe(404);
});
