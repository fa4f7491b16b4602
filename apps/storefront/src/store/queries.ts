import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { routes } from 'virtual:contract';
import { ask, isTrouble, Refusal } from './client.ts';

/** One for the page. Asks again only where that may help, and never after the store has said no. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A store that is away is asked for although the browser thinks itself offline: it may be on this very machine.
      networkMode: 'always',
      retry: (failures, error) => isTrouble(error) && failures < 2,
      retryDelay: (failures) => 400 * 2 ** failures,
    },
    mutations: { networkMode: 'always' },
  },
});

export const useMeta = () => useQuery({ queryKey: ['meta'], queryFn: () => ask(routes.getMeta), staleTime: Infinity });

export const useCategories = () =>
  useQuery({ queryKey: ['categories'], queryFn: () => ask(routes.listCategories), staleTime: 60_000 });

export const useProduct = (sku: string) =>
  useQuery({ queryKey: ['product', sku], queryFn: () => ask(routes.getProduct, { params: { sku } }) });

export type Sort = 'relevance' | 'newest' | 'price' | '-price' | 'name';

export interface Wish {
  readonly q?: string;
  readonly category?: string;
  readonly sort?: Sort;
  readonly limit?: number;
}

/** Products page by page. What was there stays until another wish has its answer. */
export const useProducts = (wish: Wish) =>
  useInfiniteQuery({
    queryKey: ['products', wish],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask(routes.listProducts, { query: { ...given(wish), ...(pageParam !== undefined && { cursor: pageParam }) } }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const useOrders = () =>
  useInfiniteQuery({
    queryKey: ['orders'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => ask(routes.listOrders, { query: pageParam === undefined ? {} : { cursor: pageParam } }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    staleTime: 0,
  });

export const useOrder = (id: string) =>
  useQuery({ queryKey: ['order', id], queryFn: () => ask(routes.getOrder, { params: { id } }), staleTime: 0 });

/** Whether there is no such thing, rather than no answer. */
export const isMissing = (error: unknown): boolean => error instanceof Refusal && error.problem.status === 404;

function given(wish: Wish): Record<string, string | number> {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined && value !== ''));
}
