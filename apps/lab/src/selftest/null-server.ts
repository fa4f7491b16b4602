import { createServer, type Socket } from 'node:net';
import { latencies } from '../load/histogram.ts';

/**
 * A store that does nothing, to measure the generator against: whatever it is asked (without a body), it answers the
 * same bytes. `node:http` would spend more on a request than the generator does and be the limit itself, so this reads
 * no more of HTTP than where a request ends. Settings: PORT. `GET /rules?delayMs=20&stallInMs=3000&stallMs=1000` sets
 * how it behaves from now on and answers, as `Told`, what it was like until then.
 */
export interface Told {
  /** From the moment it had read a request to that of its answer, in ms: what it really did, whatever it was told. */
  readonly delay: { readonly count: number; readonly p50: number; readonly p99: number };
}

interface Waiting {
  readonly socket: Socket;
  readonly readAt: number;
}

const { PORT, PARENT_PIPE } = process.env;
const END = '\r\n\r\n';
const RULES = Buffer.from('GET /rules?');

const body = JSON.stringify({ sku: 'SKU-1', name: 'Nothing', description: 'It does nothing. '.repeat(24) });
const answer = answerOf(body, 'x-request-id: 0190', 'x-content-type-options: nosniff', 'cache-control: no-store');

let delayMs = 0;
let stall = { from: 0, until: 0 };
let delays = latencies();
const waiting: Waiting[] = [];
let timer: NodeJS.Timeout | undefined;

createServer({ noDelay: true }, (socket) => {
  let unread: Buffer = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    let text = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    for (let end = text.indexOf(END); end >= 0; end = text.indexOf(END)) {
      const isRules = text.subarray(0, RULES.length).equals(RULES);
      if (isRules) socket.write(answerOf(JSON.stringify(follow(text.toString('latin1', 4, text.indexOf(' ', 4))))));
      else take({ socket, readAt: performance.now() });
      text = text.subarray(end + END.length);
    }
    unread = text;
  });
}).listen(Number(PORT), '127.0.0.1');

function take(request: Waiting): void {
  if (dueAt(request) <= request.readAt) return give(request, request.readAt);
  waiting.push(request);
  timer ??= setTimeout(giveWhatIsDue, 1);
}

/** Every ms, in order of arrival. To wait more exactly one would have to spin, and take from the generator one of what
 *  may be two cores; instead the server tells how long it really waited. */
function giveWhatIsDue(): void {
  const now = performance.now();
  let done = 0;
  while (done < waiting.length && dueAt(waiting[done]!) <= now) give(waiting[done++]!, now);
  waiting.splice(0, done);
  timer = waiting.length === 0 ? undefined : setTimeout(giveWhatIsDue, 1);
}

function dueAt({ readAt }: Waiting): number {
  const due = readAt + delayMs;
  return due >= stall.from && due < stall.until ? stall.until : due;
}

function give({ socket, readAt }: Waiting, now: number): void {
  delays.record(now - readAt);
  socket.write(answer);
}

function follow(path: string): Told {
  const rules = new URL(path, 'http://null').searchParams;
  const number = (name: string) => Number(rules.get(name) ?? 0);
  const from = performance.now() + number('stallInMs');
  delayMs = number('delayMs');
  stall = { from, until: from + number('stallMs') };
  const { count, p50, p99 } = delays.summary();
  delays = latencies();
  return { delay: { count, p50, p99 } };
}

function answerOf(json: string, ...headers: readonly string[]): Buffer {
  const type = 'content-type: application/json; charset=utf-8';
  const length = `content-length: ${Buffer.byteLength(json)}`;
  return Buffer.from(['HTTP/1.1 200 OK', type, length, ...headers, '', json].join('\r\n'));
}

process.on('SIGTERM', () => process.exit(0));
if (PARENT_PIPE === '1') process.stdin.resume().once('end', () => process.exit(0));
