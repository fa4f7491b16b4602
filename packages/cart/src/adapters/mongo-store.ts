import { MongoServerError, type Collection, type Document } from 'mongodb';
import { err, ok } from '@twinstore/kernel';
import { endWith, startCommand } from '@twinstore/platform';
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
const asLeft = { ...shown, returnDocument: 'after' } as const;
type Shown = Pick<CartDocument, 'lines' | 'version'>;

/** Carts in MongoDB. `collection` decides how durable an acknowledged change is: see `openCarts`. */
export function mongoCarts(collection: Collection<CartDocument>): CartStore {
  const { collectionName } = collection;

  const update = async (shopper: string, pipeline: Document[]): Promise<Shown | null> => {
    const span = startCommand('findOneAndUpdate', collectionName);
    return endWith(span, collection.findOneAndUpdate({ _id: shopper }, pipeline, asLeft));
  };

  /** False if there is a cart by now: another request of the same shopper was faster. */
  const insert = async (first: CartDocument): Promise<boolean> => {
    const span = startCommand('insertOne', collectionName);
    try {
      await endWith(span, collection.insertOne(first));
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
      throw error;
    }
  };

  // Not an upsert: two that race for a shopper's first change are each told that theirs was the first by servers that
  // build on DocumentDB (29 of 150 races; all changes landed, but the answers were untrue). A plain insert is refused
  // where there is a document, everywhere. It costs one command more, once in the life of a cart.
  const updateOrInsert = async (pipeline: Document[], first: CartDocument): Promise<StoredCart> => {
    const changed = await update(first._id, pipeline);
    if (changed) return changed;
    return (await insert(first)) ? toCart(first) : toCart(await update(first._id, pipeline));
  };

  return {
    async read(shopper) {
      const span = startCommand('findOne', collectionName);
      return toCart(await endWith(span, collection.findOne<Shown>({ _id: shopper }, shown)));
    },

    async set(shopper, sku, quantity) {
      const line = cartLine(sku, quantity);
      const first = { _id: shopper, lines: [line], version: 1, orders: [] };
      const cart = await updateOrInsert(change(withLine(line)), first);
      return cart.lines.some((one) => one.sku === sku) ? ok(cart) : err({ code: 'cart-full' });
    },

    remove: async (shopper, sku) => toCart(await update(shopper, change(withoutLine(sku)))),
    clear: async (shopper) => toCart(await update(shopper, change(quoted([])))),

    async forget(shopper, version, skus) {
      const span = startCommand('updateOne', collectionName);
      const gone = { $pull: { lines: { sku: { $in: [...skus] } } } };
      await endWith(span, collection.updateOne({ _id: shopper, version }, gone));
    },

    // A shopper without a cart gets a document too: the order has to be remembered for when they have one.
    async takeOut(shopper, orderId, bought) {
      const first = { _id: shopper, lines: [], version: 0, orders: [orderId] };
      await updateOrInsert(takingOut(orderId, merged(bought)), first);
    },
  };
}

const DUPLICATE_KEY = 11_000;

const toCart = (found: Shown | null): StoredCart =>
  found ? { lines: found.lines, version: found.version } : { lines: [], version: 0 };
