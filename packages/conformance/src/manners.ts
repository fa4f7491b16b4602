import { isDeepStrictEqual } from 'node:util';
import { Problem, problems, type Route } from '@twinstore/contracts';
import { documentedBy, routeOf, routesAt } from './documented.ts';
import type { Door } from './door.ts';
import { eventsIn } from './events-in.ts';
import { transmit, type RawAnswer, type RawRequest } from './transport.ts';

/** Sends a request and holds the answer to all that every answer owes: the headers, the contract's shape for the
 *  route and status, a status that the OpenAPI document names, nothing of our inside.
 *  @throws Error  with every fault found, one a line */
export async function send(door: Pick<Door, 'url'>, request: RawRequest): Promise<RawAnswer> {
  const answer = await transmit(door.url, request);
  await demandManners(door, request, answer);
  return answer;
}

/** Holds an answer to all that, however it was got. @throws Error  with every fault found, one a line */
export async function demandManners(door: Pick<Door, 'url'>, request: RawRequest, answer: RawAnswer): Promise<void> {
  const documented = await documentedBy(door.url);
  const faults = [
    ...headerFaults(request, answer),
    ...statusFaults(request, answer, documented),
    ...(answer.status < 400 ? bodyFaults(request, answer) : problemFaults(request, answer)),
  ];
  if (faults.length > 0) {
    const what = `${request.method} ${door.url}${request.path} → ${answer.status}`;
    throw new Error([what, ...faults.map((fault) => `- ${fault}`), answer.text.slice(0, 500)].join('\n'));
  }
}

const below = (folder: string, path: string) => path === folder || new RegExp(`^${folder}[/?]`).test(path);

function headerFaults({ method, path }: RawRequest, { status, headers }: RawAnswer): string[] {
  const faults: string[] = [];
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(headers.get('x-request-id') ?? '')) faults.push('no proper X-Request-Id');
  if (headers.get('x-content-type-options') !== 'nosniff') faults.push('X-Content-Type-Options is not nosniff');
  if (headers.has('x-powered-by')) faults.push('X-Powered-By tells what we run on');
  if ([...headers.keys()].some((name) => name.startsWith('access-control-'))) faults.push('has CORS headers');
  if (below('/api', path) && !headers.has('server-timing')) faults.push('no Server-Timing');
  const personal = ['/api/cart', '/api/session', '/api/orders'].some((folder) => below(folder, path));
  if (personal && method !== 'OPTIONS' && !/\bno-store\b/.test(headers.get('cache-control') ?? '')) {
    faults.push('Cache-Control is not no-store');
  }
  if (headers.has('set-cookie') && (status >= 400 || ['GET', 'HEAD', 'OPTIONS'].includes(method))) {
    faults.push('sets a cookie although nothing was written');
  }
  return faults;
}

function statusFaults(
  { method, path }: RawRequest,
  { status }: RawAnswer,
  documented: ReadonlyMap<string, ReadonlySet<number>>,
): string[] {
  if (status >= 500) return ['a fault of the server'];
  const route = routeOf(method, path);
  if (route) {
    const statuses = documented.get(`${route.method} ${route.path}`);
    return statuses?.has(status) ? [] : [`/openapi.json does not name ${status} for ${route.method} ${route.path}`];
  }
  // Too large, or badly encoded, is found out before the method is looked at.
  if (routesAt(path).length === 0 || status === 400 || status === 413) return [];
  const right = method === 'OPTIONS' ? 204 : 405;
  return status === right ? [] : [`should be ${right}: the address does not know the method`];
}

function bodyFaults({ method, path }: RawRequest, { status, headers, text }: RawAnswer): string[] {
  if (method === 'HEAD' || status === 204 || status === 304) return text === '' ? [] : ['has a body'];
  const route = routeOf(method, path);
  const schema = route?.responses[status];
  if (schema && route.streams) return streamFaults(schema, headers, text);
  if (!schema || headers.has('content-encoding')) return [];
  if (!/^application\/json\b/.test(headers.get('content-type') ?? '')) return ['Content-Type is not application/json'];
  return shapeFaults(schema, JSON.parse(text));
}

type Schema = NonNullable<Route['responses'][number]>;

function streamFaults(schema: Schema, headers: Headers, text: string): string[] {
  const faults: string[] = [];
  if (!/^text\/event-stream\b/.test(headers.get('content-type') ?? '')) faults.push('is not a stream of events');
  if (headers.has('content-encoding')) faults.push('is compressed, so that events wait for each other');
  if (headers.has('content-length')) faults.push('knows its length before it has happened');
  return [...faults, ...eventsIn(text).flatMap(({ data }) => shapeFaults(schema, JSON.parse(data)))];
}

function shapeFaults(schema: Schema, body: unknown): string[] {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return parsed.error.issues.map((issue) => `${issue.path.join('/')}: ${issue.message}`);
  // Parsing drops what the contract does not have, so the two differ where the door answers too much.
  return isDeepStrictEqual(parsed.data, body) ? [] : ['has members that the contract does not know'];
}

const INSIDE = /node_modules|\.[jt]s\b|\n\s+at |\bselect\b.+\bfrom\b|\binsert into\b|violates|relation "|ECONN|mongo/i;

function problemFaults({ method, path }: RawRequest, { status, headers, text }: RawAnswer): string[] {
  if (method === 'HEAD') return text === '' ? [] : ['has a body'];
  const faults = INSIDE.test(text) ? ['shows something of our inside'] : [];
  if (!below('/api', path)) return faults;
  if (!/^application\/problem\+json\b/.test(headers.get('content-type') ?? '')) {
    return [...faults, 'Content-Type is not application/problem+json'];
  }
  const parsed = Problem.safeParse(JSON.parse(text));
  if (!parsed.success) return [...faults, 'is not a problem as the contract has it'];
  const { type, status: said, errors } = parsed.data;
  const entry = Object.entries(problems).find(([code]) => type === `/problems/${code}`)?.[1];
  if (!entry) faults.push(`${type} is not in the contract's table`);
  else if (entry.status !== status) faults.push(`${type} should come with ${entry.status}`);
  if (said !== status) faults.push(`its body says ${said}`);
  if (type === '/problems/validation') {
    if (!errors?.length) faults.push('does not say what is wrong');
    for (const { pointer, parameter, header, detail } of errors ?? []) {
      const places = [pointer, parameter, header].filter((place) => place !== undefined);
      if (places.length !== 1 || detail === '') faults.push('a fault needs one place and a sentence');
    }
  }
  return faults;
}
