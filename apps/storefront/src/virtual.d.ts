/** What `build/contract.ts` lets through. Of a route, only `method` and `path` are there; the rest is for the compiler. */
declare module 'virtual:contract' {
  export { countries, MAX_PRICE, MAX_QUANTITY, routes } from '@twinstore/contracts';
}
