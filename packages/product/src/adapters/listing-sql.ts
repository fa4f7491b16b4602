import type { Listing, Position, Sort } from '../domain/listing.ts';

/** What each order sorts by before the SKU: the very expressions that the migration indexes. All ascend. */
const KEYS: Readonly<Record<Sort, string>> = {
  relevance: '-ts_rank(p.search, query)::float8',
  price: 'p.price_amount',
  '-price': '(-p.price_amount)',
  name: 'p.name_key',
  newest: '(-p.seq)',
};

/** The columns of a product `p` and its stock `s`. */
export const PRODUCT_COLUMNS =
  'p.sku, p.name, p.description, p.category, p.price_amount, p.currency, p.image, p.attributes, s.on_hand';

/**
 * Row counts that pages are cut from. A count that stands in the text lets PostgreSQL keep one plan for the prepared
 * statement; with a parameter it has to plan every time, or guess that a page is a tenth of the catalog.
 */
const MOST = 101;
const COUNTS = [21, 51, MOST];

export interface PageStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The statement for a page of at least `atMost` rows (as far as there are any); one of few constant texts. */
export function pageStatement({ words, category, sort }: Listing, after: Position, atMost: number): PageStatement {
  const count = COUNTS.find((rows) => rows >= atMost) ?? MOST;
  const values: unknown[] = [after.key, after.sku];
  const place = (value: unknown) => `$${values.push(value)}`;
  const ofCategory = category === undefined ? '' : `and p.category = ${place(category)}`;
  const text =
    words === undefined
      ? browse(KEYS[sort], ofCategory, count)
      : search(KEYS[sort], ofCategory, place(words.toLowerCase()), count);
  return { text, values };
}

/** Reads `count` entries of one index from the place on, whatever was before. */
const browse = (key: string, ofCategory: string, count: number) => `
  select ${PRODUCT_COLUMNS}, p.key
  from (select p.sku, p.name, p.description, p.category, p.price_amount, p.currency, p.image, p.attributes,
               ${key} as key from product.products p
        where (${key}, p.sku) > ($1, $2) ${ofCategory}
        order by ${key}, p.sku limit ${count}) p
  join product.stock s on s.sku = p.sku
  order by p.key, p.sku`;

/** Finds what matches by the word index and sorts that: never walks the catalog in search of rare words. */
const search = (key: string, ofCategory: string, words: string, count: number) => `
  with found as materialized (
    select p.sku, ${key} as key
    from plainto_tsquery('english', translate(${words}, '/-_.@:', '      ')) as query
    join product.products p on p.search @@ query ${ofCategory}),
  page as (
    select f.sku, f.key from found f where (f.key, f.sku) > ($1, $2) order by f.key, f.sku limit ${count})
  select ${PRODUCT_COLUMNS}, page.key
  from page join product.products p on p.sku = page.sku join product.stock s on s.sku = page.sku
  order by page.key, page.sku`;
