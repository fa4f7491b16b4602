import { route } from './route.ts';
import { Meta, Session } from './shapes.ts';

/** What a front door answers by itself, whatever stands behind it. */
export const getMeta = route({
  id: 'getMeta',
  method: 'get',
  path: '/api/meta',
  module: 'front',
  summary: 'Which store this is',
  access: 'anyone',
  responses: { 200: Meta },
});

export const getSession = route({
  id: 'getSession',
  method: 'get',
  path: '/api/session',
  module: 'front',
  summary: 'Who is signed in',
  access: 'shopper',
  responses: { 200: Session },
});
