import { describe, expect, it } from '@jest/globals';
import { answerReader, type Finished } from '../src/load/answer-reader.ts';

const answer = (...lines: readonly string[]) => lines.join('\r\n');
const ok = 'HTTP/1.1 200 OK';

/** Reads it in pieces of so many bytes, out of a buffer that holds something else behind them, as a read buffer does. */
function read(text: string, size = Infinity, keepBody = true): Finished | undefined {
  const bytes = Buffer.from(text);
  const reader = answerReader();
  reader.expect(keepBody);
  let finished: Finished | undefined;
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    finished = reader.take(Buffer.concat([piece, Buffer.from('\r\n\r\nstale\r\n')]), piece.length);
  }
  return finished ?? reader.end();
}

const byLength = answer(ok, 'Content-Length: 7', 'Set-Cookie: sid=abc.d; Path=/', '', 'Grüße');
const byChunks = answer(
  ok,
  'transfer-encoding: chunked',
  '',
  '5',
  'Hello',
  'c;name=value',
  ', good world',
  '0',
  '',
  '',
);
const trailed = answer(ok, 'Transfer-Encoding: chunked', '', '2', 'ab', '0', 'x-sum: 1', '', '');
const continued = answer('HTTP/1.1 100 Continue', '', 'HTTP/1.1 201 Created', 'content-length: 0', '', '');

describe('an answer', () => {
  it.each([1, 2, 3, 7, Infinity])('is the same however it is cut, in pieces of %d', (size) => {
    expect(read(byLength, size)).toMatchObject({ status: 200, sid: 'sid=abc.d', body: 'Grüße' });
    expect(read(byChunks, size)).toMatchObject({ status: 200, sid: undefined, body: 'Hello, good world' });
    expect(read(trailed, size)).toMatchObject({ body: 'ab' });
    expect(read(continued, size)).toMatchObject({ status: 201, body: '' });
  });

  it('is read and not kept where nobody wants its body', () => {
    expect(read(byLength, 3, false)).toMatchObject({ status: 200, body: '' });
    expect(read(byChunks, 3, false)).toMatchObject({ status: 200, body: '' });
  });

  it('ends with the connection where it does not say how long it is', () => {
    expect(read(answer(ok, '', 'all of it'))).toMatchObject({ body: 'all of it' });
    expect(read(answer(ok, 'content-length: 10', '', 'not all'))).toBeUndefined();
  });

  it('has no body where its status says so', () => {
    expect(read(answer('HTTP/1.1 204 No Content', '', ''))).toMatchObject({ status: 204 });
    expect(read(answer('HTTP/1.1 304 Not Modified', 'content-length: 9', '', ''))).toMatchObject({ status: 304 });
  });

  it('says for how long its connection may be left idle', () => {
    const idleMs = (...headers: readonly string[]) => read(answer(...headers, 'content-length: 0', '', ''))!.idleMs;
    expect(idleMs(ok)).toBe(4_000);
    expect(idleMs(ok, 'Connection: keep-alive', 'Keep-Alive: timeout=65')).toBe(64_000);
    expect(idleMs(ok, 'Connection: Close', 'Keep-Alive: timeout=65')).toBe(0);
    expect(idleMs('HTTP/1.0 200 OK')).toBe(0);
  });

  it('takes only the cookie that is the session', () => {
    const headers = ['set-cookie: other=1', 'set-cookie: sid=one; HttpOnly', 'set-cookie: last=1'];
    expect(read(answer(ok, ...headers, 'content-length: 0', '', ''))!.sid).toBe('sid=one');
  });

  it.each([
    ['that is not HTTP', answer('SSH-2.0-OpenSSH_9.2', '', ''), 'not HTTP/1.1'],
    ['with a length that is none', answer(ok, 'content-length: many', '', ''), 'content-length'],
    ['with a chunk without a size', answer(ok, 'transfer-encoding: chunked', '', 'x', ''), 'chunk'],
    ['with more than was asked for', `${byLength}${byLength}`, 'more of an answer'],
    ['without an end of its head', answer(ok, `x-long: ${'x'.repeat(70_000)}`), 'end of its head'],
  ])('is refused: one %s', (_, text, why) => {
    expect(() => read(text)).toThrow(why);
  });
});
