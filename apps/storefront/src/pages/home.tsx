import { useDeferredValue } from 'react';
import { Link } from 'wouter';
import { Panel } from '../parts/panel.tsx';
import { GridSkeleton, ProductGrid } from '../parts/product-card.tsx';
import { useTitle } from '../parts/title.ts';
import { Trouble } from '../parts/trouble.tsx';
import { useCategories, useMeta, useProducts, type Wish } from '../store/queries.ts';
import { useXrayInfo } from '../store/xray.ts';

const SHELF = 8;
const WHAT_DIFFERS = 'The shop is the same; what a click costs is not.';

export function Home() {
  useTitle('');
  return (
    <>
      <Hero />
      <Panel of="the departments">
        <Departments />
      </Panel>
      <Panel of="what is new">
        <Shelf title="Just in" wish={{ sort: 'newest', limit: SHELF }} more="/shop?sort=newest" eager={4} />
      </Panel>
      <Panel of="small prices">
        <Shelf title="Small prices" wish={{ sort: 'price', limit: SHELF }} more="/shop?sort=price" />
      </Panel>
    </>
  );
}

function Hero() {
  const architecture = useMeta().data?.architecture;
  const { data: xray } = useXrayInfo();
  const others = xray?.doors.filter(({ name }) => name !== xray.name) ?? [];
  return (
    <section className="hero">
      <div>
        <h1>One store, built twice.</h1>
        {/* Both at one place, so that it is as high before it is known who answers as it is after. */}
        <p className="either">
          <span className={architecture === 'microservices' ? undefined : 'invisible'}>
            You are shopping in the <strong>microservices</strong>: every click goes through a gateway to services that
            own their data. {WHAT_DIFFERS}
          </span>
          <span className={architecture === 'monolith' ? undefined : 'invisible'}>
            You are shopping in the <strong>monolith</strong>: every click stays in one process, over one database.{' '}
            {WHAT_DIFFERS}
          </span>
        </p>
        <p className="hero-links">
          <Link href="/shop" className="button primary">
            Start shopping
          </Link>
          {(!xray || others.length > 0) && (
            <Link href="/twin" className={xray ? 'button' : 'button invisible'}>
              See both side by side
            </Link>
          )}
        </p>
        {(!xray || others.length > 0) && (
          <p className="faint elsewhere">
            The same shop elsewhere:{' '}
            {others.map(({ name, url }, index) => (
              <span key={name}>
                {index > 0 && ' · '}
                <a href={url}>{name}</a>
              </span>
            ))}
          </p>
        )}
      </div>
      <Architecture isSplit={architecture === 'microservices'} />
    </section>
  );
}

/** One block, or several: which it is here stands out. */
const Architecture = ({ isSplit }: { isSplit: boolean }) => (
  <svg className="hero-picture" viewBox="8 30 228 96" aria-hidden="true" focusable="false">
    <g className={isSplit ? 'there' : 'here'}>
      <rect x="14" y="36" width="84" height="84" rx="10" />
      {['product', 'cart', 'order', 'payment'].map((name, index) => (
        <text key={name} x="56" y={60 + index * 16}>
          {name}
        </text>
      ))}
    </g>
    <g className={isSplit ? 'here' : 'there'}>
      {['product', 'cart', 'order', 'payment'].map((name, index) => {
        const [x, y] = [132 + (index % 2) * 52, 36 + (index >> 1) * 44];
        return (
          <g key={name}>
            <rect x={x} y={y} width="46" height="38" rx="8" />
            <text x={x + 23} y={y + 23}>
              {name}
            </text>
          </g>
        );
      })}
    </g>
    <path d="M98 78h34" />
    <circle cx="115" cy="78" r="9" />
    <text className="equal" x="115" y="82">
      =
    </text>
  </svg>
);

function Departments() {
  const { data, error, refetch } = useCategories();
  if (error && !data) return <Trouble of="the list of departments" error={error} retry={() => void refetch()} />;
  return (
    <section aria-labelledby="departments">
      <h2 id="departments">Departments</h2>
      <ul className="departments">
        {(data?.items ?? []).map(({ slug, name, count }) => (
          <li key={slug}>
            <Link href={`/category/${slug}`}>
              {name} <span className="faint">{count}</span>
            </Link>
          </li>
        ))}
        {!data && Array.from({ length: 12 }, (_, index) => <li key={index} className="skeleton-chip" />)}
      </ul>
    </section>
  );
}

function Shelf({ title, wish, more, eager = 0 }: { title: string; wish: Wish; more: string; eager?: number }) {
  const { data, error, refetch } = useProducts(wish);
  // Drawn in slices between which the page answers to clicks.
  const products = useDeferredValue(data?.pages[0]?.items);
  return (
    <section className="shelf" aria-label={title}>
      <div className="shelf-head">
        <h2>{title}</h2>
        <Link href={more}>
          See all<span className="unseen">: {title}</span>
        </Link>
      </div>
      {error && !products && <Trouble of={title} error={error} retry={() => void refetch()} />}
      {products && <ProductGrid products={products} eager={eager} />}
      {!products && !error && <GridSkeleton count={SHELF} />}
    </section>
  );
}
