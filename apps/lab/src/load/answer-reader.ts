/** What the generator keeps of an answer. */
export interface CallAnswer {
  /** 0 where no answer came. */
  readonly status: number;
  /** The `sid` cookie, as it is to be sent back, where the answer sets one. */
  readonly sid: string | undefined;
  /** '' unless it was wanted. */
  readonly body: string;
}

/** What a connection is good for once the answer is there: for how long it may be left idle, in ms; 0: it ends. */
export interface Finished extends CallAnswer {
  readonly idleMs: number;
}

/** Where an answer does not say for how long its connection stays open: less than any server's 5 s. */
const IDLE_MS = 4_000;
const MOST_HEAD_BYTES = 65_536;
const CRLF = '\r\n';

/** Reads the answers that come over one connection, one after the other (RFC 9112). */
export interface AnswerReader {
  /** Before each request. */
  expect(keepBody: boolean): void;
  /** Takes the first `count` of the bytes; answers the answer once it is whole. They are not kept: the caller may
   *  overwrite them. @throws Error  that is not HTTP/1.1, or more than was asked for */
  take(bytes: Buffer, count: number): Finished | undefined;
  /** The connection was closed; answers the answer where that is how it ends. */
  end(): Finished | undefined;
}

/** Where the reader stands: what it waits for. */
type Awaiting = 'nothing' | 'head' | 'body' | 'end' | 'chunk' | 'chunk size' | 'trailer';

export function answerReader(): AnswerReader {
  let awaiting: Awaiting = 'nothing';
  let head: Head = noHead;
  let keepBody = false;
  /** Bytes of the body, or of its chunk, that are still to come. */
  let left = 0;
  let body: Buffer[] = [];
  /** What came of a head or of a line that is not whole. */
  let begun = '';

  const finished = (): Finished => {
    awaiting = 'nothing';
    const text = body.length === 0 ? '' : Buffer.concat(body).toString();
    return { status: head.status, sid: head.sid, body: text, idleMs: head.idleMs };
  };

  const finishAt = (at: number, count: number): Finished => {
    if (at < count) throw new Error('more of an answer than was asked for');
    return finished();
  };

  /** The text from `at` up to `mark`; undefined, and kept, while that is still to come. */
  const upTo = (mark: string, bytes: Buffer, at: number, count: number): string | undefined => {
    const end = bytes.indexOf(mark, at, 'latin1');
    // Beyond `count` is what was read before. Text that began in an earlier read may end in the middle of a mark.
    if (begun === '' && end >= 0 && end + mark.length <= count) return bytes.toString('latin1', at, end);
    begun += bytes.toString('latin1', at, count);
    const length = begun.indexOf(mark);
    if (length >= 0) return begun.slice(0, length);
    if (begun.length > MOST_HEAD_BYTES) throw new Error('an answer without an end of its head');
    return undefined;
  };

  const take = (bytes: Buffer, count: number): Finished | undefined => {
    let at = 0;
    while (at < count) {
      if (awaiting === 'head' || awaiting === 'chunk size' || awaiting === 'trailer') {
        const mark = awaiting === 'head' ? CRLF + CRLF : CRLF;
        const before = begun.length;
        const text = upTo(mark, bytes, at, count);
        if (text === undefined) return undefined;
        at += text.length + mark.length - before;
        begun = '';
        if (awaiting === 'head') {
          head = readHead(text);
          if (head.status < 200) continue; // 100 Continue and its like come before the answer
          awaiting = bodyOf(head);
          left = head.length ?? 0;
          if (awaiting === 'nothing') return finishAt(at, count);
        } else if (awaiting === 'chunk size') {
          // What follows a chunk begins with the line break that ends the chunk.
          if (text === '') continue;
          left = Number.parseInt(text, 16);
          if (!(left >= 0)) throw new Error('a chunk without a size');
          awaiting = left === 0 ? 'trailer' : 'chunk';
        } else if (text === '') return finishAt(at, count);
      } else if (awaiting === 'nothing') {
        throw new Error('more of an answer than was asked for');
      } else {
        const size = awaiting === 'end' ? count - at : Math.min(left, count - at);
        if (keepBody) body.push(Buffer.from(bytes.subarray(at, at + size)));
        at += size;
        left -= size;
        if (awaiting === 'chunk' && left === 0) awaiting = 'chunk size';
        else if (awaiting === 'body' && left === 0) return finishAt(at, count);
      }
    }
    return undefined;
  };

  return {
    expect(keep) {
      awaiting = 'head';
      keepBody = keep;
      if (body.length > 0) body = [];
      begun = '';
    },
    take,
    end: () => (awaiting === 'end' ? finished() : undefined),
  };
}

interface Head {
  readonly status: number;
  /** Bytes of the body; undefined: it is not said. */
  readonly length: number | undefined;
  readonly isChunked: boolean;
  readonly idleMs: number;
  readonly sid: string | undefined;
}

const noHead: Head = { status: 0, length: undefined, isChunked: false, idleMs: 0, sid: undefined };

/** What comes after a head. */
function bodyOf({ status, length, isChunked }: Head): Awaiting {
  if (status === 204 || status === 304) return 'nothing';
  if (isChunked) return 'chunk size';
  if (length === undefined) return 'end';
  return length === 0 ? 'nothing' : 'body';
}

/** Looks only at the few fields that matter, since this is done for every answer. */
function readHead(text: string): Head {
  const status = Number(text.slice(9, 12));
  if (!text.startsWith('HTTP/1.') || !(status >= 100)) throw new Error('an answer that is not HTTP/1.1');
  let ends = text.charCodeAt(7) === 0x30; // HTTP/1.0
  let idleMs = IDLE_MS;
  let length: number | undefined;
  let isChunked = false;
  let sid: string | undefined;
  for (let end = text.indexOf(CRLF); end >= 0;) {
    const start = end + CRLF.length;
    const colon = text.indexOf(':', start);
    end = text.indexOf(CRLF, start);
    // By length first: it tells most fields apart without a look at their letters.
    if (!lengthsOfNames.has(colon - start)) continue;
    const value = text.slice(colon + 1, end < 0 ? undefined : end).trim();
    switch (text.slice(start, colon).toLowerCase()) {
      case 'content-length':
        length = Number(value);
        if (!Number.isSafeInteger(length)) throw new Error('an answer with a content-length that is none');
        break;
      case 'transfer-encoding':
        isChunked = value.toLowerCase().endsWith('chunked');
        break;
      case 'connection':
        ends ||= value.toLowerCase() === 'close';
        break;
      case 'keep-alive':
        idleMs = keptMs(value);
        break;
      case 'set-cookie':
        if (value.startsWith('sid=')) sid = value.split(';', 1)[0];
    }
  }
  return { status, length, isChunked, idleMs: ends ? 0 : idleMs, sid };
}

const lengthsOfNames = new Set(
  ['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'set-cookie'].map(({ length }) => length),
);

/** `timeout=65` is 64 s: a second less than the server's, so that the two do not act at once. */
function keptMs(value: string): number {
  const seconds = /timeout=(\d+)/.exec(value)?.[1];
  return seconds === undefined ? IDLE_MS : Math.max(0, Number(seconds) - 1) * 1000;
}
