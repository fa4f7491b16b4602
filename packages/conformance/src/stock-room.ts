import { randomUUID } from 'node:crypto';
import { routes, storeClient, type Product, type ProductDetails, type StoreClient } from '@twinstore/contracts';
import type { Door } from './door.ts';
import { send } from './manners.ts';
import { success } from './shopper.ts';
import type { RawAnswer, RawRequest } from './transport.ts';

export interface NewProduct extends Partial<ProductDetails> {
  readonly sku?: string;
  /** Units on hand. */
  readonly stock?: number;
  /** Price of a unit in minor units. */
  readonly cents?: number;
}

/** What the holder of the admin token does. */
export interface StockRoom extends StoreClient {
  send(request: RawRequest): Promise<RawAnswer>;
  sendJson(method: string, path: string, body: unknown, headers?: Record<string, string>): Promise<RawAnswer>;
  /** A product of the test's own, under a SKU that nobody else has. */
  add(wishes?: NewProduct): Promise<Product>;
  /** Replaces a product by itself with these changes. */
  change(product: Product, changes: Partial<ProductDetails>): Promise<Product>;
  adjust(sku: string, delta: number): Promise<Product>;
  remove(sku: string): Promise<void>;
}

/** A name that nobody else uses: tests share the store with each other, with earlier runs and with people. */
export const unique = (prefix = 'x'): string => `${prefix}-${randomUUID().slice(0, 18)}`;

/** The same in letters only, which any search takes for one word. */
export const uniqueWord = (): string =>
  randomUUID()
    .replaceAll('-', '')
    .slice(0, 16)
    .replaceAll(/\d/g, (digit) => String.fromCharCode(0x67 + Number(digit)));

export const details = (changes: Partial<ProductDetails> = {}): ProductDetails => ({
  name: 'Conformance kettle',
  description: 'Boils water as agreed.',
  category: 'conformance',
  price: { amount: 1999, currency: 'USD' },
  ...changes,
});

export function stockRoom(door: Pick<Door, 'url' | 'adminToken'>): StockRoom {
  const sendAs = (request: RawRequest) =>
    send(door, { ...request, headers: { Authorization: `Bearer ${door.adminToken}`, ...request.headers } });
  const { call } = storeClient(door.url, ({ method, url, headers, body }) =>
    sendAs({ method, path: url.slice(door.url.length), headers, body }),
  );
  const put = async (sku: string, body: ProductDetails) =>
    success(await call(routes.putProduct, { params: { sku }, body }));
  const adjust = async (sku: string, delta: number) =>
    success(await call(routes.changeStock, { params: { sku }, body: { delta } }));
  return {
    call,
    send: sendAs,
    sendJson: (method, path, body, headers = {}) =>
      sendAs({
        method,
        path,
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    async add({ sku = unique('c'), stock = 0, cents = 1999, ...wishes } = {}) {
      const product = await put(sku, details({ price: { amount: cents, currency: 'USD' }, ...wishes }));
      return stock === 0 ? product : adjust(sku, stock);
    },
    change: ({ sku, name, description, category, price, image, attributes }, changes) =>
      put(sku, { name, description, category, price, image, attributes, ...changes }),
    adjust,
    async remove(sku) {
      success(await call(routes.deleteProduct, { params: { sku } }));
    },
  };
}

/** Units of a product that are left, as any visitor sees it. */
export async function available(door: Pick<Door, 'url'>, sku: string): Promise<number> {
  const { status, text } = await send(door, { method: 'GET', path: `/api/products/${encodeURIComponent(sku)}` });
  if (status !== 200) throw new Error(`product ${sku} answers ${status}`);
  return (JSON.parse(text) as Product).available;
}
