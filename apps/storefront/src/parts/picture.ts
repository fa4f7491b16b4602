import type { Product } from '@twinstore/contracts';

/** Address of a product's picture on this origin. One that is elsewhere would be a request to somebody else, which the page's
 *  policy does not allow: the store's own drawing takes its place. */
export const pictureOf = ({ sku, image }: Pick<Product, 'sku' | 'image'>): string =>
  /^\/(?!\/)/.test(image) ? image : `/images/${sku}.svg`;
