import { useEffect, useRef } from 'react';
import { Link, useParams, useSearchParams } from 'wouter';
import { plural, shownCategory } from '../parts/format.ts';
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
      <Filters category={category} q={q} />
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
        <Panel key={`${q}/${category}/${sort}`} of="the list of products">
          <Results wish={{ q, category, sort, limit: PAGE }} hidesSoldOut={hidesSoldOut} />
        </Panel>
      </section>
    </div>
  );
}

function Filters({ category, q }: { category: string; q: string }) {
  const { data, error, refetch } = useCategories();
  const search = q === '' ? '' : `?${new URLSearchParams({ q })}`;
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
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } = useProducts(wish);
  if (error && !data) return <Trouble of="the list of products" error={error} retry={() => void refetch()} />;
  if (!data) return <GridSkeleton count={12} />;
  const found = data.pages.flatMap(({ items }) => items);
  const products = hidesSoldOut ? found.filter(({ available }) => available > 0) : found;
  if (found.length === 0) return <Nothing wish={wish} />;
  return (
    <div aria-busy={isPlaceholderData} className={isPlaceholderData ? 'stale' : undefined}>
      <p className="unseen" role="status">
        {plural(products.length, 'product')} shown{hasNextPage ? ', there are more' : ''}
      </p>
      <ProductGrid products={products} eager={4} level="h2" />
      {error && <Trouble of="the next products" error={error} retry={() => void fetchNextPage()} />}
      {hasNextPage && !error && <More onMore={() => void fetchNextPage()} isLoading={isFetchingNextPage} />}
      {!hasNextPage && <p className="end faint">That is all of it: {plural(products.length, 'product')}.</p>}
    </div>
  );
}

/** Loads the next page when it comes into sight; a button too, for whoever does not scroll. */
function More({ onMore, isLoading }: { onMore: () => void; isLoading: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  useEffect(() => {
    if (isLoading || !place.current) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) more.current();
      },
      { rootMargin: '400px' },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isLoading]);
  return (
    <div ref={place} className="more">
      <button type="button" disabled={isLoading} onClick={onMore}>
        {isLoading ? 'Loading…' : 'Load more'}
      </button>
    </div>
  );
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
