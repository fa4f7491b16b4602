import { MongoServerError, type Collection, type Document } from 'mongodb';
import { err, ok } from '@twinstore/kernel';
import { countStatement } from '@twinstore/platform';
import { ORDERS_REMEMBERED, type CartStore, type StoredCart } from '../application/ports.ts';
import { cartLine, MAX_LINES, merged, type CartLine } from '../domain/lines.ts';

/** A cart as MongoDB keeps it. `orders`: whose lines were taken out already, the last one first. */
export interface CartDocument {
  /** The shopper. */
  readonly _id: string;
  readonly lines: CartLine[];
  readonly version: number;
  readonly orders: string[];
}

// One document is a whole cart, since a change of one document is atomic and needs no transaction. The update is a
// pipeline, which computes the new lines from the old ones on the server.
// https://www.mongodb.com/docs/manual/tutorial/update-documents-with-aggregation-pipeline/

// In a pipeline a text that starts with a dollar sign is a field's name: whatever came from outside is quoted.
const quoted = (value: unknown): Document => ({ $literal: value });

/** Replaces lines and orders by what the expressions give. The version grows if that made the lines others. */
const change = (lines: Document, orders: Document | string = '$orders'): Document[] => [
  {
    $set: {
      lines: { $ifNull: ['$lines', []] },
      version: { $ifNull: ['$version', 0] },
      orders: { $ifNull: ['$orders', []] },
    },
  },
  { $set: { before: '$lines', lines, orders } },
  { $set: { version: { $cond: [{ $eq: ['$lines', '$before'] }, '$version', { $add: ['$version', 1] }] } } },
  { $unset: 'before' },
];

const withLine = (line: CartLine): Document => ({
  $cond: [
    { $in: [quoted(line.sku), '$lines.sku'] },
    {
      $map: {
        input: '$lines',
        as: 'old',
        in: { $cond: [{ $eq: ['$$old.sku', quoted(line.sku)] }, quoted(line), '$$old'] },
      },
    },
    {
      $cond: [{ $lt: [{ $size: '$lines' }, MAX_LINES] }, { $concatArrays: ['$lines', [quoted(line)]] }, '$lines'],
    },
  ],
});

const withoutLine = (sku: string): Document => ({
  $filter: { input: '$lines', as: 'line', cond: { $ne: ['$$line.sku', quoted(sku)] } },
});

/** How many units of `$$line` are among the bought lines. */
const boughtOfLine = (bought: readonly CartLine[]): Document => ({
  $reduce: {
    input: quoted(bought),
    initialValue: 0,
    in: { $cond: [{ $eq: ['$$this.sku', '$$line.sku'] }, '$$this.quantity', '$$value'] },
  },
});

function takingOut(orderId: string, bought: readonly CartLine[]): Document[] {
  const done = { $in: [quoted(orderId), '$orders'] };
  const rest = {
    $map: {
      input: '$lines',
      as: 'line',
      in: { sku: '$$line.sku', quantity: { $subtract: ['$$line.quantity', boughtOfLine(bought)] } },
    },
  };
  const left = { $filter: { input: rest, as: 'line', cond: { $gt: ['$$line.quantity', 0] } } };
  const remembered = { $slice: [{ $concatArrays: [[quoted(orderId)], '$orders'] }, ORDERS_REMEMBERED] };
  return change({ $cond: [done, '$lines', left] }, { $cond: [done, '$orders', remembered] });
}

const shown = { projection: { _id: 0, lines: 1, version: 1 } } as const;
type Shown = Pick<CartDocument, 'lines' | 'version'>;

/** Carts in MongoDB. `collection` decides how durable an acknowledged change is: see `openCarts`. */
export function mongoCarts(collection: Collection<CartDocument>): CartStore {
  const update = async (shopper: string, pipeline: Document[], upsert: boolean): Promise<StoredCart> => {
    countStatement();
    const options = { ...shown, returnDocument: 'after', upsert } as const;
    return toCart(await collection.findOneAndUpdate({ _id: shopper }, pipeline, options));
  };

  /** Also makes the document. Of two that make it at once one is refused; it finds the other's when it tries again. */
  const updateOrMake = async (shopper: string, pipeline: Document[]): Promise<StoredCart> => {
    try {
      return await update(shopper, pipeline, true);
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY)) throw error;
      return update(shopper, pipeline, true);
    }
  };

  return {
    async read(shopper) {
      countStatement();
      return toCart(await collection.findOne<Shown>({ _id: shopper }, shown));
    },

    async set(shopper, sku, quantity) {
      const cart = await updateOrMake(shopper, change(withLine(cartLine(sku, quantity))));
      return cart.lines.some((line) => line.sku === sku) ? ok(cart) : err({ code: 'cart-full' });
    },

    remove: (shopper, sku) => update(shopper, change(withoutLine(sku)), false),
    clear: (shopper) => update(shopper, change(quoted([])), false),

    // A shopper without a cart gets a document too: the order has to be remembered for when they have one.
    async takeOut(shopper, orderId, bought) {
      await updateOrMake(shopper, takingOut(orderId, merged(bought)));
    },
  };
}

const DUPLICATE_KEY = 11_000;

const toCart = (found: Shown | null): StoredCart =>
  found ? { lines: found.lines, version: found.version } : { lines: [], version: 0 };
