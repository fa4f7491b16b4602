import { describe, expect, it } from '@jest/globals';
import { routes } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { itemPath, orderPath, shopper, success, type Shopper } from '../shopper.ts';
import { stockRoom, unique } from '../stock-room.ts';

/** The session cookie: when there is one, what it says, and what does not count as one. */
export function sessionBehaviors(door: Door): void {
  const room = stockRoom(door);
  const cookies = ({ headers }: { headers: Headers }) => headers.getSetCookie();

  async function withCart(): Promise<Shopper & { sku: string }> {
    const { sku } = await room.add({ stock: 5 });
    const ada = shopper(door);
    await ada.put(sku, 1);
    return { ...ada, sku };
  }

  describe('the session cookie', () => {
    it('is set by the first write, for this site only and out of reach of scripts', async () => {
      const { sku } = await room.add();
      const answer = await shopper(door).sendJson('PUT', itemPath(sku), { quantity: 1 });
      const set = cookies(answer);
      expect(set).toHaveLength(1);
      const [pair = '', ...attributes] = (set[0] ?? '').split(/;\s*/);
      expect(pair).toMatch(/^sid=[^\s",;\\]{16,}$/);
      const lower = attributes.map((attribute) => attribute.toLowerCase());
      expect(lower).toEqual(expect.arrayContaining(['httponly', 'samesite=lax', 'path=/']));
      expect(lower.some((attribute) => attribute.startsWith('domain'))).toBe(false);
      expect(lower.includes('secure')).toBe(door.url.startsWith('https:'));
    });

    it('is never set by a read', async () => {
      const { sku } = await room.add();
      const paths = [
        '/api/meta',
        '/api/session',
        '/api/products',
        `/api/products/${sku}`,
        '/api/categories',
        '/api/cart',
        '/api/orders',
      ];
      for (const path of [...paths, orderPath(unique()), '/livez', '/openapi.json', '/docs']) {
        for (const method of ['GET', 'HEAD']) expect(cookies(await shopper(door).send({ method, path }))).toEqual([]);
      }
    });

    it('is not set by a write that is refused', async () => {
      const { sku } = await room.add();
      const visitor = shopper(door);
      const refused = [
        await visitor.sendJson('PUT', itemPath(sku), { quantity: 0 }),
        await visitor.sendJson('PUT', itemPath(unique()), { quantity: 1 }),
        await visitor.sendJson('PUT', itemPath(sku), 'x', { 'Content-Type': 'text/plain' }),
        await visitor.sendJson('POST', '/api/orders', {}, { 'Idempotency-Key': unique() }),
        await visitor.sendJson('POST', `${orderPath(unique())}/cancel`, {}),
      ];
      for (const answer of refused) {
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(cookies(answer)).toEqual([]);
      }
    });

    it('stays the same from then on', async () => {
      const ada = await withCart();
      const sid = ada.cookie();
      await ada.put(ada.sku, 2);
      await ada.buy();
      expect(ada.cookie()).toBe(sid);
    });

    it('is another for each visitor', async () => {
      const [ada, bob] = [await withCart(), await withCart()];
      expect(ada.cookie()).not.toBe(bob.cookie());
    });

    it('counts as none when somebody has tampered with it', async () => {
      const ada = await withCart();
      const { id } = await ada.buy();
      await ada.put(ada.sku, 1);
      const sid = ada.cookie() ?? '';
      const changed = Array.from({ length: 8 }, (_, n) => {
        // Not the very last characters: of a base64 text they may carry bits that nobody reads.
        const at = 4 + Math.floor(((sid.length - 8) * n) / 8);
        return sid.slice(0, at) + (sid[at] === '1' ? '2' : '1') + sid.slice(at + 1);
      });
      for (const cookie of [...changed, sid.slice(0, -1), `${sid}x`, sid.split('.')[0] ?? '', sid.toUpperCase()]) {
        const mallory = shopper(door, cookie);
        expect(await mallory.cart()).toMatchObject({ items: [], version: 0 });
        expect(await mallory.orders()).toEqual([]);
        expect((await mallory.call(routes.getOrder, { params: { id } })).status).toBe(404);
      }
    });

    it('is replaced by a new one when a tampered one comes with a write', async () => {
      const ada = await withCart();
      const tampered = `${ada.cookie()}x`;
      const mallory = shopper(door, tampered);
      const cart = await mallory.put(ada.sku, 3);
      expect(cart.items).toMatchObject([{ quantity: 3 }]);
      expect([ada.cookie(), tampered]).not.toContain(mallory.cookie());
      expect(await ada.cart()).toMatchObject({ items: [{ quantity: 1 }] });
    });

    it('is found among others, and nonsense in its place breaks nothing', async () => {
      const ada = await withCart();
      const withCookie = (Cookie: string) =>
        shopper(door).send({ method: 'GET', path: '/api/cart', headers: { Cookie } });
      const count = async (cookie: string) => JSON.parse((await withCookie(cookie)).text).count;
      expect(await count(`theme=dark; ${ada.cookie()}; lang=en`)).toBe(1);
      expect(await count(`xsid=1; ${ada.cookie()}`)).toBe(1);
      for (const cookie of [
        'sid=',
        'sid',
        'sid=%',
        'sid=%00',
        '=',
        ';;;',
        'sid=a.b',
        'sid="quoted"',
        `sid=${'x'.repeat(4000)}`,
      ]) {
        expect(await count(cookie)).toBe(0);
      }
    });

    it('says nothing about an account for a guest', async () => {
      const ada = await withCart();
      expect(success(await ada.call(routes.getSession))).toEqual({ account: null });
      expect(success(await shopper(door).call(routes.getSession))).toEqual({ account: null });
    });
  });

  describe('who a shopper is', () => {
    it('cannot be claimed by any header', async () => {
      const ada = await withCart();
      const { id } = await ada.buy();
      await ada.put(ada.sku, 1);
      // Whatever looks like an identity within the cookie, in every place where a careless service might look.
      const claims = [...new Set([...(ada.cookie() ?? '').slice(4).split('.'), ada.cookie()?.slice(4) ?? ''])];
      for (const claim of claims) {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
        const payload = part({ sub: claim, shopper: claim, sid: claim, admin: true, exp: 4_000_000_000 });
        const forged = `${part({ alg: 'none', typ: 'JWT' })}.${payload}.`;
        const headers = [
          { Authorization: `Bearer ${forged}` },
          { Authorization: `Bearer ${part({ alg: 'HS256' })}.${payload}.${'A'.repeat(43)}` },
          { Authorization: `Bearer ${claim}` },
          ...[
            'X-Shopper',
            'X-Shopper-Id',
            'X-User-Id',
            'X-Session-Id',
            'X-Forwarded-User',
            'X-Service-Token',
            'X-Internal',
            'Sid',
          ].map((name) => ({ [name]: claim })),
        ];
        for (const header of headers) {
          const ask = (method: string, path: string) =>
            shopper(door).send({ method, path, headers: header as Record<string, string> });
          expect((await ask('GET', orderPath(id))).status).toBe(404);
          expect((await ask('POST', `${orderPath(id)}/cancel`)).status).toBe(404);
          expect(JSON.parse((await ask('GET', '/api/orders')).text).items).toEqual([]);
          expect(JSON.parse((await ask('GET', '/api/cart')).text).count).toBe(0);
        }
      }
    });

    it('does not change with headers that are for proxies and services', async () => {
      const ada = await withCart();
      const headers = {
        Authorization: 'Bearer something-else',
        'X-Timeout-Ms': '1',
        'X-Forwarded-For': '1.2.3.4',
        'X-Forwarded-Host': 'evil.example',
        'X-Original-Url': '/internal',
        'X-Http-Method-Override': 'DELETE',
      };
      const { status, text } = await ada.send({ method: 'GET', path: '/api/cart', headers });
      expect([status, JSON.parse(text).count]).toEqual([200, 1]);
      const order = await ada.call(routes.placeOrder, {
        headers: { ...headers, 'Idempotency-Key': unique() },
        body: {
          paymentToken: 'tok_visa',
          shippingAddress: { name: 'A', line1: 'B', city: 'C', postalCode: 'D', country: 'US' },
        },
      });
      expect((await ada.outcome(success(order).id)).status).toBe('paid');
      expect(order.headers.get('location')).not.toContain('evil');
    });
  });
}
