import { z } from 'zod';
import { countries } from './countries.ts';

/** Text of a person: no control characters, which no form can type and some databases refuse. */
const text = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters');

/** As `text`, but may run over several lines. */
const prose = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^(?:[\n\r\t]|[^\p{Cc}\p{Cs}])*$/u, 'must not contain control characters');

export const MAX_PRICE = 100_000_000;
export const MAX_QUANTITY = 99;

export const Money = z
  .object({ amount: z.int().min(0).describe('Minor units: 1999 is 19.99 USD'), currency: z.literal('USD') })
  .meta({ id: 'Money' });

export const Price = z
  .object({ amount: z.int().min(0).max(MAX_PRICE).describe('Minor units'), currency: z.literal('USD') })
  .meta({ id: 'Price' });

export const Id = z.uuidv7();

export const Sku = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'must be 1 to 64 letters, digits, dots, underscores or hyphens, and start with a letter or digit',
});

export const CategorySlug = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, {
    error: 'must be a slug: lower-case words of letters and digits, joined by hyphens',
  });

const ImageUrl = z
  .string()
  .max(2000)
  .regex(/^(?:https:\/\/[^\s/?#\\"'<>]+(?:[/?#][^\s\\"'<>]*)?|\/(?!\/)[^\s\\"'<>]*)$/, {
    error: 'must be a path that starts with one slash, or an https URL',
  });

const RESERVED_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** String to string; at most 32. Names that a JavaScript object gives a meaning of its own are refused. */
export const Attributes = z
  .record(text(1, 64), text(0, 500))
  .refine((attributes) => Object.keys(attributes).length <= 32, { error: 'must have at most 32 members' });

export const Product = z
  .object({
    sku: Sku,
    name: z.string(),
    description: z.string(),
    category: CategorySlug,
    price: Price,
    image: z.string().describe('Path on this origin, or an https URL'),
    attributes: z.record(z.string(), z.string()),
    available: z.int().min(0).describe('Units that can still be promised to a shopper'),
  })
  .meta({ id: 'Product' });
export type Product = z.infer<typeof Product>;

export const ProductList = z
  .object({ items: z.array(Product), nextCursor: z.string().nullable() })
  .meta({ id: 'ProductList' });

export const ProductDetails = z
  .object({
    name: text(1, 200),
    description: prose(5000),
    category: CategorySlug,
    price: Price,
    image: ImageUrl.optional().describe('Left out: a drawn picture'),
    attributes: z.preprocess(refuseReservedNames, Attributes).optional(),
  })
  .meta({ id: 'ProductDetails' });
export type ProductDetails = z.infer<typeof ProductDetails>;

export const CategoryList = z
  .object({
    items: z.array(z.object({ slug: CategorySlug, name: z.string(), count: z.int().min(1) })),
    nextCursor: z.null(),
  })
  .meta({ id: 'CategoryList' });

export const StockChange = z
  .object({
    delta: z
      .int()
      .min(-1_000_000)
      .max(1_000_000)
      .refine((delta) => delta !== 0, { error: 'must not be 0' }),
  })
  .meta({ id: 'StockChange' });

export const CartLine = z.object({
  sku: Sku,
  name: z.string(),
  unitPrice: Money,
  quantity: z.int().min(1).max(MAX_QUANTITY),
  lineTotal: Money,
  available: z.int().min(0),
});

export const Cart = z
  .object({
    items: z.array(CartLine).describe('In the order first added, at prices of today'),
    subtotal: Money,
    count: z.int().min(0).describe('Sum of the quantities'),
    version: z.int().min(0).describe('0 for a cart that never was; grows with each change'),
  })
  .meta({ id: 'Cart' });
export type Cart = z.infer<typeof Cart>;

export const Quantity = z.object({ quantity: z.int().min(1).max(MAX_QUANTITY) }).meta({ id: 'Quantity' });

export const ShippingAddress = z
  .object({
    name: text(1, 200),
    line1: text(1, 200),
    line2: text(1, 200).optional(),
    city: text(1, 200),
    region: text(1, 200).optional(),
    postalCode: text(1, 200),
    country: z.enum(countries, { error: 'must be an ISO 3166-1 alpha-2 code in capitals, for example "US"' }),
  })
  .meta({ id: 'ShippingAddress' });
export type ShippingAddress = z.infer<typeof ShippingAddress>;

export const OrderStatus = z.enum(['pending', 'paid', 'rejected', 'canceled']);
export const RejectionReason = z.enum(['out_of_stock', 'payment_declined', 'payment_unavailable']);

export const Order = z
  .object({
    id: Id,
    status: OrderStatus,
    reason: RejectionReason.optional().describe('Only of a rejected order'),
    items: z.array(
      z.object({
        sku: Sku,
        name: z.string(),
        unitPrice: Money,
        quantity: z.int().min(1).max(MAX_QUANTITY),
        lineTotal: Money,
      }),
    ),
    total: Money,
    shippingAddress: ShippingAddress,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof Order>;

export const OrderList = z
  .object({ items: z.array(Order), nextCursor: z.string().nullable() })
  .meta({ id: 'OrderList' });

/** What the simulated card processor does with a card. */
export const PaymentToken = z
  .enum(['tok_visa', 'tok_declined', 'tok_insufficient_funds', 'tok_timeout', 'tok_unavailable'])
  .describe('Test cards: approved, declined, declined, approved but the answer is lost, provider out of order');
export type PaymentToken = z.infer<typeof PaymentToken>;

export const Checkout = z
  .object({
    paymentToken: PaymentToken,
    shippingAddress: ShippingAddress,
    expectedTotal: Money.optional().describe('The total that the shopper saw'),
  })
  .meta({ id: 'Checkout' });
export type Checkout = z.infer<typeof Checkout>;

export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, {
  error: 'must be 1 to 255 visible ASCII characters, fresh for each new request',
});

export const Session = z
  .object({ account: z.object({ id: Id, email: z.string(), name: z.string() }).nullable() })
  .meta({ id: 'Session' });

export const Meta = z
  .object({
    architecture: z.enum(['monolith', 'microservices']),
    checkout: z.enum(['transaction', 'direct', 'orchestrated', 'choreographed']),
    version: z.string(),
    instance: z.string().describe('Which process answered'),
  })
  .meta({ id: 'Meta' });
export type Meta = z.infer<typeof Meta>;

// zod drops such a member in silence; a shopper's data must be kept or refused.
function refuseReservedNames(value: unknown, context: z.core.$RefinementCtx): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const name of Object.keys(value)) {
    if (RESERVED_NAMES.has(name)) context.addIssue({ code: 'custom', path: [name], message: 'is a reserved name' });
  }
  return value;
}
