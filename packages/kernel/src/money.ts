/** An amount of money: `amount` in minor units (1999 is 19.99 USD), always an integer. */
export interface Money {
  readonly amount: number;
  readonly currency: Currency;
}

/** ISO 4217 code. The store sells in one currency; the type keeps the place for more. */
export type Currency = 'USD';

/** Builds a `Money`. @throws RangeError for an amount that is not a safe integer: only a bug makes one. */
export function money(amount: number, currency: Currency = 'USD'): Money {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not an amount in minor units: ${amount}`);
  return { amount, currency };
}

/** Unit price times quantity. */
export const times = (unit: Money, quantity: number): Money => money(unit.amount * quantity, unit.currency);

/** Adds up amounts of one currency; none at all give zero. @throws RangeError for two currencies, which is our bug. */
export function sum(amounts: readonly Money[]): Money {
  let total = 0;
  for (const { amount, currency } of amounts) {
    if (currency !== amounts[0]?.currency) throw new RangeError(`cannot add ${currency} to ${amounts[0]?.currency}`);
    total += amount;
  }
  return money(total, amounts[0]?.currency);
}

/** Same amount in the same currency. */
export const sameMoney = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency;
