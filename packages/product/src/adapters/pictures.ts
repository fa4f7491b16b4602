import { problem, Sku } from '@twinstore/contracts';
import { fileRoute, type Identify } from '@twinstore/platform';
import type { Catalog } from '../application/products.ts';
import { drawing } from './drawing.ts';

/** Where the drawn picture of a product is. */
export const picturePath = (sku: string): string => `/images/${sku}.svg`;

const HEADERS = {
  'Content-Type': 'image/svg+xml; charset=utf-8',
  'Cache-Control': 'public, max-age=3600',
  // Opened by itself, an SVG is a document; this one may do nothing but show.
  'Content-Security-Policy': "default-src 'none'",
};

/** `GET /images/<sku>.svg`: a drawn picture of any product, one statement each, for whom `identify` lets in. */
export const productImages = (catalog: Pick<Catalog, 'find'>, identify: Identify) =>
  fileRoute('/images/{file}', identify, async (file) => {
    const sku = Sku.safeParse(/^(.+)\.svg$/.exec(file)?.[1]);
    const product = sku.success ? await catalog.find(sku.data) : undefined;
    return product ? { headers: HEADERS, body: drawing(product) } : problem('not-found');
  });
