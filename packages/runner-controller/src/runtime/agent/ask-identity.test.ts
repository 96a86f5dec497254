import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished, expect, it } from 'vitest';
import { askIdentity } from './ask-identity.ts';

/** Whoever answers the reserved path; resolves with what was asked of it. */
async function ask(listener: RequestListener, { timeoutMs = 10_000, signal = new AbortController().signal } = {}): ReturnType<typeof askIdentity> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return askIdentity({ address: '127.0.0.1', port: (server.address() as AddressInfo).port, hostHeader: 'alpha.localhost', timeoutMs, signal });
}
const nonceOf = (url: string | undefined): string | null => new URL(url!, 'http://any').searchParams.get('nonce');

it('reads who answers, and believes it only with the nonce that was sent', async () => {
  const say = (nonce: (url: string | undefined) => string | null): RequestListener => ({ url }, answer) => void answer.end(JSON.stringify({ digest: 'sha256:one', envVersion: 0, generation: 3, nonce: nonce(url) }));
  expect(await ask(say(nonceOf))).toEqual({ revision: 'sha256:one', generation: 3 });
  await expect(ask(say(() => 'another'))).rejects.toThrow('status 200 on the reserved path');
  await expect(ask((_request, answer) => void answer.writeHead(404).end('no such page'))).rejects.toThrow('status 404 on the reserved path');
});

it.each([
  ['nothing else', () => ''],
  ['the right answer first', (url: string | undefined) => JSON.stringify({ digest: 'sha256:one', generation: 1, nonce: nonceOf(url) })],
])('leaves whoever sends a body without an end, with %s', async (_title, begin) => {
  const piece = Buffer.alloc(64 * 1024, ' ');
  let sentBytes = 0;
  const left = Promise.withResolvers<void>();
  const asked = ask(({ url }, answer) => {
    const write = (): void => {
      while (!answer.destroyed && answer.write(piece)) sentBytes += piece.length;
    };
    answer.on('drain', write).on('close', left.resolve);
    answer.write(begin(url));
    write();
  });
  await expect(asked).rejects.toThrow('more than 4096 bytes');
  await left.promise;
  // What fits into the buffers of the system, and not what an app can make.
  expect(sentBytes).toBeLessThan(64 * 1024 * 1024);
});

it.each([
  ['the body', 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n', ' '],
  ['the head', 'HTTP/1.1 200 OK\r\nx-', 'a'],
  ['words before the answer', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
])('leaves whoever sends %s bit by bit, and is never idle', async (_title, first, more) => {
  const asked = ask(({ socket }) => {
    socket.write(first);
    const dripping = setInterval(() => socket.write(more), 5);
    socket.on('close', () => clearInterval(dripping));
  }, { timeoutMs: 300 });
  await expect(asked).rejects.toThrow('no whole answer within 300 ms');
});

it('rejects a head without an end', async () => {
  await expect(ask(({ socket }) => void socket.write(`HTTP/1.1 200 OK\r\nx-long: ${'a'.repeat(1 << 20)}`))).rejects.toThrow('Header overflow');
});

it('rejects with the reason of the signal', async () => {
  const stop = new AbortController();
  await expect(ask(() => stop.abort(new Error('a newer wish came')), { signal: stop.signal })).rejects.toThrow('a newer wish came');
  await expect(ask(() => undefined, { signal: AbortSignal.abort(new Error('gone before')) })).rejects.toThrow('gone before');
});

it('rejects when nobody listens', async () => {
  await expect(askIdentity({ address: '127.0.0.1', port: 9, hostHeader: 'alpha', timeoutMs: 1_000, signal: new AbortController().signal })).rejects.toThrow('ECONNREFUSED');
});
