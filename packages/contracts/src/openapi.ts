import { z } from 'zod';
import { headerName } from './faults.ts';
import { problems, type ProblemCode } from './problems.ts';
import type { Module, Route } from './route.ts';

type Json = Record<string, unknown>;

const TAGS: Readonly<Record<Module, string>> = {
  front: 'The front door itself',
  product: 'Catalog and stock',
  cart: 'Carts',
  order: 'Checkout and orders',
  provider: 'The payment provider, outside the store',
};

const COMPONENTS = '#/components/schemas/';

/** The OpenAPI 3.1 document of a list of routes: every route, every status that it can answer. */
export function openApi(list: readonly Route[], info: { title: string; version: string; description: string }): Json {
  const paths: Record<string, Json> = {};
  for (const route of list) (paths[route.path] ??= {})[route.method] = operation(route);
  Object.assign(paths, besideTheApi);
  return {
    openapi: '3.1.1',
    info: { ...info, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: [...new Set(list.map(({ module }) => module))].map((name) => ({ name, description: TAGS[name] })),
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'sid', description: 'Set by the first change of the cart' },
        admin: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

/** The problems that a route can answer: its own, and those that follow from what it takes. */
export function problemsOf(route: Route): ProblemCode[] {
  const codes: ProblemCode[] = [...(route.problems ?? []), 'malformed-url', 'rate-limited', 'internal'];
  codes.push('body-too-large');
  if (route.module !== 'front') codes.push('service-unavailable');
  if (route.params) codes.push('not-found');
  if (route.access === 'admin') codes.push('unauthorized');
  if (route.body) codes.push('malformed-json', 'unsupported-media-type');
  if (route.body || route.query || route.headers || route.badParams) codes.push('validation');
  return codes;
}

const besides = (
  operationId: string,
  summary: string,
  statuses: Readonly<Record<number, string>>,
  type: string,
  problemCodes: readonly ProblemCode[] = [],
): Json => ({
  get: {
    operationId,
    tags: ['front'],
    summary,
    security: [],
    parameters: [],
    responses: Object.fromEntries([
      ...Object.entries(statuses).map(([status, description]) => [status, { description, content: { [type]: {} } }]),
      ...Object.entries(failuresOf(['malformed-url', 'internal', ...problemCodes])),
    ]),
  },
});

function operation(route: Route): Json {
  const security = { anyone: [], shopper: [{}, { session: [] }], admin: [{ admin: [] }] }[route.access];
  return {
    operationId: route.id,
    tags: [route.module],
    summary: route.summary,
    security,
    parameters: [
      ...parameters('path', route.params, true),
      ...parameters('query', route.query, false),
      ...parameters('header', route.headers, false),
    ],
    ...(route.body ? { requestBody: { required: true, content: content('application/json', route.body) } } : {}),
    responses: { ...successes(route), ...failures(route) },
  };
}

function parameters(where: string, schema: z.ZodObject | undefined, required: boolean): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, type]) => {
    const { description, ...rest } = jsonSchema(type as z.ZodType, 'input');
    return {
      name: where === 'header' ? headerName(name) : name,
      in: where,
      required: required || !(type as z.ZodType).safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function successes(route: Route): Json {
  const made: Record<string, Json> = {};
  for (const [status, schema] of Object.entries(route.responses)) {
    made[status] = {
      description: { 200: 'OK', 201: 'Made', 202: 'Accepted, the outcome is still open', 204: 'Done' }[status] ?? 'OK',
      ...(schema ? { content: route.streams ? eventContent(schema) : content('application/json', schema) } : {}),
    };
  }
  if (route.revalidates) made['304'] = { description: 'Not modified' };
  return made;
}

const failures = (route: Route): Json => failuresOf(problemsOf(route));

function failuresOf(codes: readonly ProblemCode[]): Json {
  const byStatus: Record<string, Json> = {};
  for (const status of new Set(codes.map((code) => problems[code].status))) {
    const these = codes.filter((code) => problems[code].status === status);
    byStatus[status] = {
      description: these.map((code) => `\`/problems/${code}\`: ${problems[code].title}`).join('; '),
      content: { 'application/problem+json': { schema: { $ref: `${COMPONENTS}Problem` } } },
    };
  }
  return byStatus;
}

const content = (type: string, schema: z.ZodType): Json => ({ [type]: { schema: jsonSchema(schema, 'output') } });

/** OpenAPI 3.1 has no schema for the events of a stream, only for the text that they are written in. */
const eventContent = (data: z.ZodType): Json => ({
  'text/event-stream': {
    schema: {
      type: 'string',
      description: `The \`data\` of each event is JSON: ${jsonSchema(data, 'output')['$ref']}`,
    },
  },
});

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const id = schema.meta()?.id;
  if (id !== undefined) return { $ref: COMPONENTS + id };
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

/** Every schema that has an id, with references among them instead of copies. */
function componentSchemas(): Json {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    uri: (id) => COMPONENTS + id,
    io: 'input',
    unrepresentable: 'any',
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, id: _own, ...rest }]) => [id, rest]),
  );
}

/** What a front door serves that is not part of the store's API. */
const besideTheApi: Record<string, Json> = {
  '/livez': besides('livez', 'Whether the process runs', { 200: 'It does' }, 'application/json'),
  '/readyz': besides(
    'readyz',
    'Whether it should get traffic',
    { 200: 'It should', 503: 'Something that it needs does not answer' },
    'application/json',
  ),
  '/metrics': besides('metrics', 'Metrics for Prometheus', { 200: 'Metrics by route template' }, 'text/plain'),
  '/openapi.json': besides('openapi', 'This document', { 200: 'OpenAPI 3.1' }, 'application/json'),
  '/asyncapi.json': besides('asyncapi', 'How the services talk', { 200: 'AsyncAPI 3.0' }, 'application/json'),
  '/docs': besides('docs', 'This document for people', { 200: 'A page' }, 'text/html'),
  '/images/{file}': {
    get: {
      ...(besides('picture', 'The drawn picture of a product: `{sku}.svg`', { 200: 'A picture' }, 'image/svg+xml', [
        'not-found',
      ])['get'] as Json),
      parameters: [{ name: 'file', in: 'path', required: true, schema: { type: 'string' } }],
    },
  },
};
