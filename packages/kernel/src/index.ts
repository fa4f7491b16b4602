export { money, sameMoney, sum, times, type Currency, type Money } from './money.ts';
export { err, ok, type Err, type Ok, type Result } from './result.ts';
export { isId } from './ids.ts';
export { RETRY_FOR_MS, retryDelay, shouldGiveUp } from './patience.ts';
