import type { Money } from '@twinstore/kernel';

/** What the shop says of a product. */
export interface ProductDetails {
  readonly name: string;
  readonly description: string;
  /** Slug, for example `home-office`. */
  readonly category: string;
  readonly price: Money;
  /** Path or https URL; none: a drawn picture. */
  readonly image: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Product extends ProductDetails {
  readonly sku: string;
  /** Units that can still be promised to a shopper. */
  readonly available: number;
}

/** What names sort by: lower case, compared by code point. */
export const nameKey = (name: string): string => name.toLowerCase();

/** A category's slug in words: `home-office` is "Home Office". */
export const categoryName = (slug: string): string =>
  slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Whether any product can be in a category of this name. */
export const isCategory = (slug: string): boolean => slug.length <= 64 && SLUG.test(slug);
