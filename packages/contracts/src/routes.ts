import { z } from 'zod';
import { route } from './route.ts';
import {
  Cart,
  CategoryList,
  Checkout,
  IdempotencyKey,
  Order,
  OrderList,
  Product,
  ProductDetails,
  ProductList,
  Quantity,
  Sku,
  StockChange,
} from './shapes.ts';

const skuParam = z.object({ sku: Sku });
const idParam = z.object({ id: z.uuidv7() });
const cursor = z.string().min(1).max(1000).optional().describe('`nextCursor` of the page before');

const limit = (fallback: number) =>
  z
    .string()
    .regex(/^(?:[1-9]|[1-9]\d|100)$/, { error: 'must be a whole number from 1 to 100' })
    .transform(Number)
    .default(fallback)
    .describe(`1 to 100, ${fallback} if left out`);

const SORTS = ['relevance', 'price', '-price', 'name', 'newest'] as const;

export const listProducts = route({
  id: 'listProducts',
  method: 'get',
  path: '/api/products',
  module: 'product',
  summary: 'Browse and search the catalog',
  access: 'anyone',
  revalidates: true,
  query: z.object({
    q: z
      .string()
      .max(200)
      .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters')
      .optional()
      .describe('Plain text to search for; nothing in it is an operator'),
    category: z.string().max(200).optional().describe('Slug of a category; an unknown one has no products'),
    sort: z.enum(SORTS).default('relevance').describe('`relevance` is `newest` without `q`; ties by sku'),
    limit: limit(20),
    cursor,
  }),
  responses: { 200: ProductList },
});

export const getProduct = route({
  id: 'getProduct',
  method: 'get',
  path: '/api/products/{sku}',
  module: 'product',
  summary: 'One product',
  access: 'anyone',
  revalidates: true,
  params: skuParam,
  responses: { 200: Product },
});

export const listCategories = route({
  id: 'listCategories',
  method: 'get',
  path: '/api/categories',
  module: 'product',
  summary: 'The categories that have products',
  access: 'anyone',
  revalidates: true,
  responses: { 200: CategoryList },
});

export const putProduct = route({
  id: 'putProduct',
  method: 'put',
  path: '/api/products/{sku}',
  module: 'product',
  summary: 'Make or replace a product; its stock stays',
  access: 'admin',
  params: skuParam,
  badParams: 'validation',
  body: ProductDetails,
  responses: { 200: Product, 201: Product },
});

export const deleteProduct = route({
  id: 'deleteProduct',
  method: 'delete',
  path: '/api/products/{sku}',
  module: 'product',
  summary: 'Take a product out of the catalog',
  access: 'admin',
  params: skuParam,
  responses: { 204: null },
});

export const changeStock = route({
  id: 'changeStock',
  method: 'post',
  path: '/api/products/{sku}/stock',
  module: 'product',
  summary: 'Add units to the stock, or take some away',
  access: 'admin',
  params: skuParam,
  headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
  body: StockChange,
  responses: { 200: Product },
  problems: ['stock-negative', 'idempotency-key-reused'],
});

export const getCart = route({
  id: 'getCart',
  method: 'get',
  path: '/api/cart',
  module: 'cart',
  summary: "The shopper's cart",
  access: 'shopper',
  responses: { 200: Cart },
});

export const putCartItem = route({
  id: 'putCartItem',
  method: 'put',
  path: '/api/cart/items/{sku}',
  module: 'cart',
  summary: 'Set the quantity of a product in the cart',
  access: 'shopper',
  startsSession: true,
  params: skuParam,
  body: Quantity,
  responses: { 200: Cart },
  problems: ['cart-full'],
});

export const deleteCartItem = route({
  id: 'deleteCartItem',
  method: 'delete',
  path: '/api/cart/items/{sku}',
  module: 'cart',
  summary: 'Take a product out of the cart',
  access: 'shopper',
  params: z.object({ sku: z.string() }),
  responses: { 200: Cart },
});

export const clearCart = route({
  id: 'clearCart',
  method: 'delete',
  path: '/api/cart',
  module: 'cart',
  summary: 'Empty the cart',
  access: 'shopper',
  responses: { 200: Cart },
});

export const placeOrder = route({
  id: 'placeOrder',
  method: 'post',
  path: '/api/orders',
  module: 'order',
  summary: 'Buy what is in the cart',
  access: 'shopper',
  waits: true,
  headers: z.object({
    'idempotency-key': IdempotencyKey,
    prefer: z.string().optional().describe('`wait=0` to `wait=30`: seconds to wait for the outcome (RFC 7240)'),
  }),
  body: Checkout,
  responses: { 201: Order, 202: Order },
  problems: ['cart-empty', 'price-changed', 'checkout-in-progress', 'idempotency-key-reused'],
});

export const listOrders = route({
  id: 'listOrders',
  method: 'get',
  path: '/api/orders',
  module: 'order',
  summary: "The shopper's orders, newest first",
  access: 'shopper',
  query: z.object({ limit: limit(20), cursor }),
  responses: { 200: OrderList },
});

export const getOrder = route({
  id: 'getOrder',
  method: 'get',
  path: '/api/orders/{id}',
  module: 'order',
  summary: "One of the shopper's orders",
  access: 'shopper',
  params: idParam,
  responses: { 200: Order },
});

export const followOrder = route({
  id: 'followOrder',
  method: 'get',
  path: '/api/orders/{id}/events',
  module: 'order',
  summary: 'How an order goes on, as server-sent events until it is paid, rejected or canceled',
  access: 'shopper',
  streams: true,
  params: idParam,
  headers: z.object({
    'last-event-id': z
      .string()
      .optional()
      .describe('`id` of the last event that was received; if nothing can follow it, the answer is 204'),
  }),
  responses: { 200: Order, 204: null },
});

export const cancelOrder = route({
  id: 'cancelOrder',
  method: 'post',
  path: '/api/orders/{id}/cancel',
  module: 'order',
  summary: 'Cancel a paid order: the stock and the money go back',
  access: 'shopper',
  params: idParam,
  responses: { 200: Order },
  problems: ['order-not-cancelable'],
});
