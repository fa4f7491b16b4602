import type { Plugin } from 'vite';
import { countries, MAX_PRICE, MAX_QUANTITY, routes } from '@twinstore/contracts';

const ID = 'virtual:contract';

/** Of the contract what a browser has a use for: method and path of each route, and the limits that a form knows. The
 *  schemas, and the library that they are made of, stay on the server. */
export const contract = (): Plugin => ({
  name: 'twinstore:contract',
  resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
  load(id) {
    if (id !== `\0${ID}`) return undefined;
    const table = Object.fromEntries(
      Object.entries(routes).map(([name, { method, path }]) => [name, { method, path }]),
    );
    const known = { routes: table, MAX_PRICE, MAX_QUANTITY, countries };
    return Object.entries(known)
      .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
      .join('\n');
  },
});
