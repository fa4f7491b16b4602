import { useEffect, useRef } from 'react';
import { Link, useParams, useSearchParams } from 'wouter';
import { plural, shownCategory } from '../parts/format.ts';
import { More } from '../parts/more.tsx';
import { Panel } from '../parts/panel.tsx';
import { GridSkeleton, ProductGrid } from '../parts/product-card.tsx';
import { useTitle } from '../parts/title.ts';
import { Trouble } from '../parts/trouble.tsx';
import { useCategories, useProducts, type Sort, type Wish } from '../store/queries.ts';

const SORTS: readonly (readonly [Sort, string])[] = [
  ['relevance', 'Best match'],
  ['newest', 'Newest first'],
  ['price', 'Price: low to high'],
  ['-price', 'Price: high to low'],
  ['name', 'Name'],
];
const PAGE = 24;

/** All products, those of a department, or those that a search found. */
export function Shop() {
  const { slug } = useParams<{ slug?: string }>();
  const [parameters, setParameters] = useSearchParams();
  const q = parameters.get('q') ?? '';
  const category = slug ?? parameters.get('category') ?? '';
  const asked = parameters.get('sort');
  const sort = SORTS.find(([name]) => name === asked)?.[0] ?? (q === '' ? 'newest' : 'relevance');
  const hidesSoldOut = parameters.get('available') === '1';
  const set = (name: string, value: string) =>
    setParameters((now) => {
      const next = new URLSearchParams(now);
      if (value === '') next.delete(name);
      else next.set(name, value);
      return next;
    });
  const title = q !== '' ? `“${q}”` : category !== '' ? shownCategory(category) : 'All products';
  useTitle(title);
  return (
    <div className="shop">
      <Filters category={category} parameters={parameters} />
      <section aria-label="Products">
        <div className="shop-head">
          <h1>{title}</h1>
          <label className="check">
            <input
              type="checkbox"
              checked={hidesSoldOut}
              onChange={({ currentTarget }) => set('available', currentTarget.checked ? '1' : '')}
            />
            Hide sold out
          </label>
          <label>
            <span className="unseen">Sort by</span>
            <select value={sort} onChange={({ currentTarget }) => set('sort', currentTarget.value)}>
              {SORTS.filter(([name]) => name !== 'relevance' || q !== '').map(([name, label]) => (
                <option key={name} value={name}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Panel of="the list of products">
          <Results wish={{ q, category, sort, limit: PAGE }} hidesSoldOut={hidesSoldOut} />
        </Panel>
      </section>
    </div>
  );
}

/** Another department is looked at in the same manner: searched, sorted, with or without what is sold out. */
function Filters({ category, parameters }: { category: string; parameters: URLSearchParams }) {
  const { data, error, refetch } = useCategories();
  const kept = new URLSearchParams(parameters);
  kept.delete('category');
  const search = kept.size === 0 ? '' : `?${kept}`;
  return (
    <nav className="filters" aria-label="Departments">
      <h2>Departments</h2>
      {error && !data && <Trouble of="the list of departments" error={error} retry={() => void refetch()} />}
      <ul>
        <li>
          <Link href={`/shop${search}`} aria-current={category === '' ? 'page' : undefined}>
            All
          </Link>
        </li>
        {(data?.items ?? []).map(({ slug, name, count }) => (
          <li key={slug}>
            <Link href={`/category/${slug}${search}`} aria-current={slug === category ? 'page' : undefined}>
              {name} <span className="faint">{count}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Results({ wish, hidesSoldOut }: { wish: Wish; hidesSoldOut: boolean }) {
  const list = useProducts(wish);
  const { data, error, refetch, hasNextPage, isPlaceholderData } = list;
  if (error && !data) return <Trouble of="the list of products" error={error} retry={() => void refetch()} />;
  const found = data?.pages.flatMap(({ items }) => items) ?? [];
  // Nothing at all is no answer to what was asked since.
  if (!data || (isPlaceholderData && found.length === 0)) return <GridSkeleton count={12} />;
  const products = hidesSoldOut ? found.filter(({ available }) => available > 0) : found;
  if (found.length === 0) return <Nothing wish={wish} />;
  return (
    <div aria-busy={isPlaceholderData} className={isPlaceholderData ? 'stale' : undefined}>
      <p className="unseen" role="status">
        {plural(products.length, 'product')} shown{hasNextPage ? ', there are more' : ''}
      </p>
      <ProductGrid products={products} eager={4} level="h2" />
      {hasNextPage && (
        <>
          <More list={list} of="the next products">
            Load more
          </More>
          <End isWatched={!list.isFetchingNextPage && !list.isFetchNextPageError} onSight={list.fetchNextPage} />
        </>
      )}
      {!hasNextPage && !isPlaceholderData && (
        <p className="end faint">
          {products.length > 0
            ? `That is all of it: ${plural(products.length, 'product')}.`
            : 'All of it is sold out at the moment. Without “Hide sold out” it is shown all the same.'}
        </p>
      )}
    </div>
  );
}

interface EndProps {
  readonly isWatched: boolean;
  readonly onSight: () => unknown;
}

/** Below the list: tells when it is about to come into sight, so that whoever scrolls need not press a button. */
function End({ isWatched, onSight }: EndProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isWatched || !place.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onSight(), { rootMargin: '400px' });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isWatched, onSight]);
  return <div ref={place} />;
}

function Nothing({ wish: { q, category } }: { wish: Wish }) {
  return (
    <div className="empty">
      <p>
        {q ? `Nothing matches “${q}”` : 'There is nothing here'}
        {category ? ` in ${shownCategory(category)}` : ''}.
      </p>
      <p>
        {q && category ? (
          <Link href={`/shop?${new URLSearchParams({ q })}`}>Search in all departments</Link>
        ) : (
          <Link href="/shop">See all products</Link>
        )}
      </p>
    </div>
  );
}
