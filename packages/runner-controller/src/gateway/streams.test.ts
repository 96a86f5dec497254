import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type House, openHouse, routeTo, until } from './test-parts/house.ts';
import { ask, openRawClient } from './test-parts/raw-client.ts';
import { get } from './test-parts/requests.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

test('each server-sent event reaches the client before the next one is written', async () => {
  let stream: ServerResponse | undefined;
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    stream = answer;
  }))]);
  const client = openRawClient(house.port);
  client.send(get('/'));
  await client.until('text/event-stream');
  for (let index = 0; index < 20; index++) {
    stream!.write(`data: ${index}\n\n`);
    await client.until(`data: ${index}\n\n`);
  }
  client.close();
});

test('an app hears at once that the client of a stream is gone', async () => {
  let isClosed = false;
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    answer.on('close', () => (isClosed = true));
  }))]);
  const client = openRawClient(house.port);
  client.send(get('/'));
  await client.until('text/event-stream');
  client.socket.end();
  await until(() => isClosed);
});

test('a client that ends its side after whole requests gets every answer, and then the end', async () => {
  const heard = Promise.withResolvers<void>();
  await house.agent.publish([routeTo(await house.app('a', async (message, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    if (message.url !== '/other') await heard.promise;
    answer.write(`[${message.url} `);
    answer.end(`${Buffer.concat(chunks)}]`);
  }))]);
  const client = openRawClient(house.port);
  client.send(`POST /1 HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\n\r\nhello${get('/2')}${get('/3')}`);
  await new Promise<void>((resolve) => client.socket.end(resolve));
  // Whoever comes later is answered: so the gateway has heard of the end.
  expect(await ask(house.port, get('/other', 'Connection: close\r\n'))).toContain('/other');
  heard.resolve();
  const text = await client.closed;
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200']);
  expect(text).toMatch(/\[\/1 [^]*hello[^]*\[\/2 [^]*\[\/3 [^]*\]/);
});

test('a client that ends its side gets the answers too that the gateway gives itself', async () => {
  let begin: (() => void) | undefined;
  await house.agent.publish([routeTo(await house.app('a', (message, answer) => {
    if (message.url === '/other') answer.end('other');
    else begin = () => void answer.end('first');
  }))]);
  const nobody = 'GET / HTTP/1.1\r\nHost: nobody.localhost\r\n\r\n';
  const client = openRawClient(house.port);
  client.send(get('/') + nobody + nobody + nobody);
  await new Promise<void>((resolve) => client.socket.end(resolve));
  expect(await ask(house.port, get('/other', 'Connection: close\r\n'))).toContain('other');
  await until(() => begin !== undefined);
  begin!();
  expect((await client.closed).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 404', 'HTTP/1.1 404']);
});

test('a client that ended its side before it was given a stream without an end has left', async () => {
  let isClosed = false;
  let begin: (() => void) | undefined;
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => {
    answer.on('close', () => (isClosed = true));
    begin = () => answer.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' }).flushHeaders();
  }))]);
  const client = openRawClient(house.port);
  client.send(get('/'));
  client.socket.end();
  await until(() => begin !== undefined);
  begin!();
  await until(() => isClosed);
  expect(await client.closed).toBe('');
});

test('who ended its side in the middle of a request gets no answer', async () => {
  await house.agent.publish([routeTo(await house.app('a', (message, answer) => void message.on('error', () => undefined).on('end', () => answer.end('whole')).resume()))]);
  const client = openRawClient(house.port);
  client.send('POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 100\r\n\r\n');
  client.socket.end();
  expect(await client.closed).toBe('');
});

test('an app hears that a client is gone in the middle of its upload', async () => {
  let isAborted = false;
  let bytes = 0;
  await house.agent.publish([routeTo(await house.app('a', (message) => {
    message.on('data', (chunk: Buffer) => (bytes += chunk.length));
    message.on('error', () => (isAborted = true));
  }))]);
  const client = openRawClient(house.port);
  client.send('POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 100\r\n\r\nhello');
  await until(() => bytes === 5);
  client.close();
  await until(() => isAborted);
});

test('a WebSocket is passed through both ways, bytes sent ahead of the handshake\'s answer included, and its end too', async () => {
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => void answer.end(), (server) => server.on('upgrade', (message, socket) => {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${message.headers['sec-websocket-key']}\r\n\r\nwelcome;`);
    socket.on('data', (bytes: Buffer) => void socket.write(bytes));
    socket.on('end', () => socket.end('bye'));
  })))]);
  const client = openRawClient(house.port);
  client.send(`${get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k1\r\nSec-WebSocket-Version: 13\r\n')}ahead;`);
  expect(await client.until('welcome;ahead;')).toMatch(/^HTTP\/1\.1 101 [^]*Sec-WebSocket-Accept: k1[^]*connection: upgrade\r\nupgrade: websocket/);
  client.send('\x00\xff\r\n\r\n');
  await client.until('\x00\xff\r\n\r\n');
  client.socket.end();
  expect(await client.closed).toMatch(/bye$/);
});

test('a refused WebSocket leaves an ordinary connection', async () => {
  await house.agent.publish([routeTo(await house.app('a', (message, answer) => void answer.writeHead(message.url === '/ws' ? 403 : 200).end(message.url)))]);
  const client = openRawClient(house.port);
  client.send(get('/ws', 'Connection: Upgrade\r\nUpgrade: websocket\r\n') + get('/next'));
  const text = await client.until('/next');
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403', 'HTTP/1.1 200']);
  client.close();
});

test('50 MB through a WebSocket arrive in order however slow the other side is', async () => {
  const part = randomBytes(1024 * 1024);
  const parts = 50;
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => void answer.end(), (server) => server.on('upgrade', (_message, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.pipe(socket);
  })))]);
  const client = openRawClient(house.port);
  client.send(get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
  const head = (await client.until('\r\n\r\n')).length;
  client.socket.pause();
  for (let index = 0; index < parts; index++) client.socket.write(part);
  client.socket.end();
  client.socket.resume();
  const text = await client.closed;
  const expected = createHash('sha256');
  for (let index = 0; index < parts; index++) expected.update(part);
  expect(createHash('sha256').update(Buffer.from(text.slice(head), 'latin1')).digest('hex')).toBe(expected.digest('hex'));
});

test('100-continue comes from the app, and the body after it', async () => {
  await house.agent.publish([routeTo(await house.app('a', () => undefined, (server) => server.on('checkContinue', async (message, answer) => {
    if (message.url === '/no') return answer.writeHead(413).end('too big');
    answer.writeContinue();
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    return answer.end(`got ${Buffer.concat(chunks)}`);
  })))]);
  const client = openRawClient(house.port);
  client.send('POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n');
  expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  client.send('hello');
  await client.until('got hello');
  client.send('POST /no HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n');
  expect(await client.closed).toMatch(/HTTP\/1\.1 413 [^]*connection: close[^]*too big/);
});

test('early hints are passed on before the answer', async () => {
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => answer.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => answer.end('ok'))))]);
  expect(await ask(house.port, get('/', 'Connection: close\r\n'))).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nlink: <\/a\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 [^]*ok$/i);
});

test('an app may answer before it has read the body, and go on reading', async () => {
  let bytes = 0;
  await house.agent.publish([routeTo(await house.app('a', (message, answer) => {
    answer.end(message.url);
    message.on('data', (chunk: Buffer) => (bytes += chunk.length));
  }))]);
  const client = openRawClient(house.port);
  client.send('POST /early HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 10\r\n\r\nhello');
  await client.until('/early');
  client.send(`world${get('/next')}`);
  await client.until('/next');
  await until(() => bytes === 10);
  client.close();
});

test('an answer that an app gives while it refuses the rest of an upload reaches the client', async () => {
  await house.agent.publish([routeTo(await house.rawApp('a', (socket) => socket.once('data', () => {
    socket.write('HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 7\r\n\r\ntoo big');
    socket.destroy();
  })))]);
  const upload = Buffer.alloc(4 * 1024 * 1024);
  for (let round = 0; round < 50; round++) {
    const client = openRawClient(house.port);
    client.send(`POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: ${upload.length}\r\n\r\n`);
    client.send(upload);
    expect(await client.closed).toMatch(/^HTTP\/1\.1 413 [^]*connection: close[^]*too big$/);
  }
});

test.each([
  ['a length', 'Content-Length: 100\r\n\r\nhello'],
  ['chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
])('a client sees that an answer with %s is cut off', async (_, rest) => {
  await house.agent.publish([routeTo(await house.rawApp('a', (socket) => socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${rest}`))))]);
  const client = openRawClient(house.port);
  client.send(get('/') + get('/next'));
  const text = await client.closed;
  expect(text).toContain('hello');
  expect(text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  expect(text).not.toMatch(/0\r\n\r\n$/);
});

test('an app that breaks off before it answers is a 502, as a page for people and as a problem for programs', async () => {
  await house.agent.publish([routeTo(await house.rawApp('a', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200'))))]);
  const page = await ask(house.port, get('/', 'Accept: text/html\r\nConnection: close\r\n'));
  expect(page).toMatch(/^HTTP\/1\.1 502 [^]*content-type: text\/html/);
  expect(page).not.toMatch(/https?:\/\/|<script|src=|sock/);
  const problem = await ask(house.port, get('/', 'Connection: close\r\n'));
  expect(problem).toMatch(/content-type: application\/problem\+json/);
  expect(JSON.parse(problem.split('\r\n\r\n')[1]!)).toMatchObject({ status: 502, code: 'app_broke_off', requestId: expect.any(String) });
});

test('a slow reader slows the app down instead of filling the gateway', async () => {
  let written = 0;
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => {
    const more = (): void => {
      while (written < 200 && answer.write(Buffer.alloc(1024 * 1024))) written++;
      if (++written < 200) answer.once('drain', more);
    };
    more();
  }))]);
  const client = openRawClient(house.port);
  client.socket.pause();
  client.send(get('/'));
  let last = -1;
  await until(() => written > 0);
  for (let turns = 0; turns < 200; turns++) {
    last = written;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(last).toBe(written);
  expect(written).toBeLessThan(20);
  client.close();
});

test('an app that does not read slows the client down instead of filling the gateway', async () => {
  let app: Socket | undefined;
  await house.agent.publish([routeTo(await house.rawApp('a', (socket) => {
    app = socket;
    socket.once('data', () => socket.pause());
  }))]);
  const total = 50 * 1024 * 1024;
  const client = openRawClient(house.port);
  client.send(`POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: ${total}\r\n\r\n`);
  await until(() => app !== undefined);
  for (let sent = 0; sent < total; sent += 1024 * 1024) client.socket.write(Buffer.alloc(1024 * 1024));
  let before = -1;
  let still = 0;
  while (still < 200) {
    still = client.socket.writableLength === before ? still + 1 : 0;
    before = client.socket.writableLength;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(client.socket.writableLength).toBeGreaterThan(total / 2);
  app!.resume();
  await until(() => client.socket.writableLength === 0);
  client.close();
});
