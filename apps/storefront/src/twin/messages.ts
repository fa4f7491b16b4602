import type { Span } from '@twinstore/contracts';
import type { SeenRequest } from '../store/requests.ts';

/** What a visitor did, in words that mean the same in both shops. */
export type Act =
  | { readonly kind: 'click'; readonly target: Target }
  | { readonly kind: 'value'; readonly target: Target; readonly value: string }
  /** What was typed there is meant: by Enter, or because the field was left. */
  | { readonly kind: 'leave'; readonly target: Target }
  | { readonly kind: 'escape' }
  | { readonly kind: 'path'; readonly path: string };

/** An element by what it is called, and the how manieth of that name it is. */
export interface Target {
  readonly name: string;
  readonly index: number;
}

/** A request with what its processes kept of it. */
export interface ToldRequest {
  readonly request: SeenRequest;
  readonly spans: readonly Span[];
}

export type FromShop =
  /** The answer to `hello`: from now on it does what it is told. */
  { readonly twin: 'ready' } | { readonly twin: 'did'; readonly act: Act } | ({ readonly twin: 'asked' } & ToldRequest);
export type ToShop = { readonly twin: 'hello' } | { readonly twin: 'do'; readonly act: Act };

export const isFromShop = (data: unknown): data is FromShop => ['ready', 'did', 'asked'].includes(kindOf(data));
export const isToShop = (data: unknown): data is ToShop => ['hello', 'do'].includes(kindOf(data));

const kindOf = (data: unknown) =>
  typeof data === 'object' && data !== null && 'twin' in data ? String(data.twin) : '';
