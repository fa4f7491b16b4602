import type { Order } from '@twinstore/contracts';
import { once } from './once.ts';

// The first formatter of `Intl` that a page makes takes a browser some 30 ms, on a fast machine: what is in sight at first does
// without one, and the others are made when they are asked for.
const moment = once(() => new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short' }));
const country = once(() => new Intl.DisplayNames('en', { type: 'region' }));

/** `{ amount: 123456, currency: 'USD' }` is $1,234.56. */
export const shownMoney = ({ amount }: Pick<Order['total'], 'amount'>): string =>
  `$${(amount / 100).toFixed(2).replaceAll(/\B(?=(?:\d{3})+\.)/g, ',')}`;
export const shownMoment = (iso: string): string => moment().format(new Date(iso));
export const shownCountry = (code: string): string => country().of(code) ?? code;
/** `home-office` is Home office. */
export const shownCategory = (slug: string): string => capital(slug.replaceAll('-', ' '));
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** Enough to tell orders apart: the first part of a UUIDv7 is its time. */
export const shownOrderNumber = (id: string): string => `#${id.slice(-8).toUpperCase()}`;

export function shownMs(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

export const REASONS: Record<NonNullable<Order['reason']>, string> = {
  payment_declined: 'The card was declined. Nothing was charged.',
  out_of_stock: 'Something in the cart sold out before it could be reserved. Nothing was charged.',
  payment_unavailable: 'The payment provider was out of order. Nothing was charged.',
};
