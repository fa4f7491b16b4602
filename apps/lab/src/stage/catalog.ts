import { routes, storeClient } from '@twinstore/contracts';
import type { CatalogItem } from '../load/journeys.ts';

/** The whole catalog of a store, by SKU, so that it is the same for stores that list it in another order.
 *  @throws Error  the store does not speak the contract */
export async function readCatalog(url: string): Promise<CatalogItem[]> {
  const store = storeClient(url);
  const items: CatalogItem[] = [];
  let cursor: string | null | undefined;
  do {
    const query = { limit: 100, sort: 'name', ...(cursor && { cursor }) };
    const answer = await store.call(routes.listProducts, { query });
    if (!answer.ok) throw new Error(`the catalog answers ${answer.status}: ${answer.problem.title}`);
    for (const { sku, name, category, available } of answer.body.items) items.push({ sku, name, category, available });
    cursor = answer.body.nextCursor;
  } while (cursor);
  return items.sort((a, b) => (a.sku < b.sku ? -1 : 1));
}
