import type { Product } from '@twinstore/contracts';
import { Link } from 'wouter';
import { AddToCart } from './add-to-cart.tsx';
import { Availability } from './availability.tsx';
import { shownCategory, shownMoney } from './format.ts';
import { pictureOf } from './picture.ts';

/** The heading of a card: below that of the shelf, or of the page itself. */
type Level = 'h2' | 'h3';

export function ProductCard({ product, eager, level: Name }: { product: Product; eager: boolean; level: Level }) {
  const { sku, name, price, available, category } = product;
  return (
    <article className="card">
      <Link href={`/products/${encodeURIComponent(sku)}`} className="card-link">
        <img
          src={pictureOf(product)}
          alt=""
          width="400"
          height="400"
          loading={eager ? 'eager' : 'lazy'}
          fetchPriority={eager ? 'high' : 'auto'}
        />
        <span className="card-category">{shownCategory(category)}</span>
        <Name className="card-name">{name}</Name>
      </Link>
      <p className="card-facts">
        <strong>{shownMoney(price)}</strong>
        <Availability available={available} />
      </p>
      <AddToCart product={product} />
    </article>
  );
}

interface GridProps {
  readonly products: readonly Product[];
  /** So many pictures are in sight from the start. */
  readonly eager?: number;
  readonly level?: Level;
}

export function ProductGrid({ products, eager = 0, level = 'h3' }: GridProps) {
  return (
    <ul className="grid">
      {products.map((product, index) => (
        <li key={product.sku}>
          <ProductCard product={product} eager={index < eager} level={level} />
        </li>
      ))}
    </ul>
  );
}

/** What stands there until the products do: the same size, so that nothing jumps. */
export function GridSkeleton({ count }: { count: number }) {
  return (
    <ul className="grid" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <li key={index}>
          <div className="card skeleton">
            <div className="skeleton-picture" />
            <div className="skeleton-line" />
            <div className="skeleton-line short" />
          </div>
        </li>
      ))}
    </ul>
  );
}
