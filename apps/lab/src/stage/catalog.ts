import { routes } from '@twinstore/contracts';
import type { CatalogItem } from '../load/journeys.ts';
import { patientClient } from './client.ts';

/** The whole catalog of a store, by SKU, so that it is the same for stores that list it in another order.
 *  @throws Error  the store does not speak the contract */
export async function readCatalog(url: string): Promise<CatalogItem[]> {
  const store = patientClient(url);
  const items: CatalogItem[] = [];
  let cursor: string | null | undefined;
  do {
    const query = { limit: 100, sort: 'name', ...(cursor && { cursor }) };
    const answer = await store.call(routes.listProducts, { query });
    if (!answer.ok) throw new Error(`the catalog answers ${answer.status}: ${answer.problem?.title ?? 'no reason'}`);
    const page = routes.listProducts.responses[200].safeParse(answer.body);
    if (!page.success) throw new Error(`the catalog is not as the contract has it: ${firstFault(page.error)}`);
    for (const { sku, name, category, available } of page.data.items) items.push({ sku, name, category, available });
    if (cursor && page.data.nextCursor === cursor) throw new Error('the catalog has no end: its cursor stays the same');
    cursor = page.data.nextCursor;
  } while (cursor);
  return items.sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** Where an answer departs from its schema, such as `items.0.sku: expected string`. */
export function firstFault({ issues }: { readonly issues: readonly Issue[] }): string {
  const { path = [], message = '' } = issues[0] ?? {};
  return [path.map(String).join('.'), message.replace(/^Invalid input: /, '')].filter((part) => part !== '').join(': ');
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}
