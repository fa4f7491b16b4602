import { useState } from 'react';
import type { Product } from '@twinstore/contracts';
import { Link, useParams } from 'wouter';
import { AddToCart } from '../parts/add-to-cart.tsx';
import { Availability } from '../parts/availability.tsx';
import { capital, shownCategory, shownMoney } from '../parts/format.ts';
import { Panel } from '../parts/panel.tsx';
import { pictureOf } from '../parts/picture.ts';
import { ProductGrid } from '../parts/product-card.tsx';
import { Quantity } from '../parts/quantity.tsx';
import { useTitle } from '../parts/title.ts';
import { Trouble } from '../parts/trouble.tsx';
import { isMissing, useProduct, useProducts } from '../store/queries.ts';
import { NotFound } from './not-found.tsx';

export function ProductPage() {
  const { sku = '' } = useParams<{ sku: string }>();
  const { data: product, error, refetch } = useProduct(sku);
  useTitle(product?.name ?? 'Product');
  if (isMissing(error)) return <NotFound what="This product is not in the catalog" />;
  if (error && !product) return <Trouble of="this product" error={error} retry={() => void refetch()} />;
  if (!product) return <Skeleton />;
  return (
    <>
      <Details product={product} />
      <Panel of="similar products">
        <Similar product={product} />
      </Panel>
    </>
  );
}

/** The same places, so that nothing jumps when the product comes. */
const Skeleton = () => (
  <div className="product skeleton-product" aria-busy="true">
    <div className="skeleton-picture" />
    <div>
      <div className="skeleton-line short" />
      <div className="skeleton-line" />
      <div className="skeleton-line" />
    </div>
  </div>
);

function Details({ product }: { product: Product }) {
  const [count, setCount] = useState(1);
  const { sku, name, description, category, price, attributes, available } = product;
  return (
    <article className="product">
      <img src={pictureOf(product)} alt={`${name}, drawn`} width="400" height="400" fetchPriority="high" />
      <div>
        <p className="crumbs">
          <Link href={`/category/${category}`}>{shownCategory(category)}</Link>
        </p>
        <h1>{name}</h1>
        <p className="price">
          <strong>{shownMoney(price)}</strong> <Availability available={available} />
        </p>
        <p className="prose">{description}</p>
        <div className="buy">
          <Quantity of={name} value={count} least={1} onChange={setCount} />
          <AddToCart product={product} count={count} />
        </div>
        {available > 0 && available < count && (
          <p className="note" role="status">
            There are only {available} left. You can ask for more, but the checkout will not go through with them.
          </p>
        )}
        <dl className="facts">
          {Object.entries(attributes).map(([key, value]) => (
            <div key={key}>
              <dt>{capital(key)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
          <div>
            <dt>SKU</dt>
            <dd>
              <code>{sku}</code>
            </dd>
          </div>
        </dl>
      </div>
    </article>
  );
}

function Similar({ product }: { product: Product }) {
  const { data } = useProducts({ category: product.category, sort: 'newest', limit: 5 });
  const others = data?.pages[0]?.items.filter(({ sku }) => sku !== product.sku).slice(0, 4) ?? [];
  if (others.length === 0) return null;
  return (
    <section className="shelf" aria-labelledby="similar">
      <h2 id="similar">More in {shownCategory(product.category).toLowerCase()}</h2>
      <ProductGrid products={others} />
    </section>
  );
}
