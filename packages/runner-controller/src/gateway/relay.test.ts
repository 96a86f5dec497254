import { createHash, randomBytes } from 'node:crypto';
import { Agent, request, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type House, openHouse, routeTo } from './test-parts/house.ts';
import { ask, openRawClient } from './test-parts/raw-client.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const big = randomBytes(20 * 1024 * 1024);

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function call(options: { method?: string; path?: string; headers?: Record<string, string>; agent?: Agent }, body?: Buffer | string): Promise<{ message: IncomingMessage; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: house.port, ...options, headers: { host: `alpha.localhost:${house.port}`, ...options.headers } }, (message) => {
      read(message).then((bytes) => resolve({ message, body: bytes }), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('an app gets the request as it was sent, and the client the answer', async () => {
  await house.agent.publish([routeTo(await house.app('a', async (message, answer) => {
    answer.writeHead(201, 'Made', { 'x-own': 'yes' });
    answer.end(JSON.stringify({ method: message.method, url: message.url, headers: message.headers, body: (await read(message)).toString() }));
  }))]);
  const { message, body } = await call({ method: 'POST', path: '/a%20b?x=1&y=%ff', headers: { 'x-mine': '1', cookie: 'a=b' } }, 'hello');
  expect([message.statusCode, message.statusMessage, message.headers['x-own']]).toEqual([201, 'Made', 'yes']);
  expect(JSON.parse(body.toString())).toEqual({
    method: 'POST', url: '/a%20b?x=1&y=%ff', body: 'hello',
    headers: {
      host: `alpha.localhost:${house.port}`, 'x-mine': '1', cookie: 'a=b', 'content-length': '5',
      'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': `alpha.localhost:${house.port}`, 'x-request-id': expect.stringMatching(/^made-\d+$/),
    },
  });
});

test('what only the gateway may say is dropped when it comes from outside, and a request id is kept', async () => {
  let seen: IncomingMessage['headers'] = {};
  await house.agent.publish([routeTo(await house.app('a', (message, answer) => {
    seen = message.headers;
    answer.end();
  }))]);
  await call({ headers: {
    'x-fapi-user': 'root', 'X-Fapi-Anything': '1', 'x-forwarded-for': '6.6.6.6', 'x-forwarded-prefix': '/x', x_forwarded_proto: 'https', forwarded: 'for=6.6.6.6',
    'x-request-id': 'mine-1', te: 'trailers', 'keep-alive': 'timeout=5', connection: 'keep-alive, x-hop', 'x-hop': 'secret', proxy: 'http://evil',
  } });
  expect(seen).toEqual({ host: `alpha.localhost:${house.port}`, 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': `alpha.localhost:${house.port}`, 'x-request-id': 'mine-1' });
});

test('HEAD, 204 and 304 answers have no body and leave the connection usable', async () => {
  await house.agent.publish([routeTo(await house.app('a', (message, answer) => {
    if (message.url === '/204') answer.writeHead(204).end();
    else if (message.url === '/304') answer.writeHead(304, { etag: '"1"' }).end();
    else answer.setHeader('content-length', 5).end('12345');
  }))]);
  const client = openRawClient(house.port);
  for (const start of ['HEAD /', 'GET /204', 'GET /304']) client.send(`${start} HTTP/1.1\r\nHost: alpha.localhost\r\n\r\n`);
  client.send('GET / HTTP/1.1\r\nHost: alpha.localhost\r\nConnection: close\r\n\r\n');
  const answers = (await client.closed).split(/(?=HTTP\/1\.1)/);
  expect(answers.map((text) => text.slice(9, 12))).toEqual(['200', '204', '304', '200']);
  expect(answers.map((text) => text.split('\r\n\r\n')[1])).toEqual(['', '', '', '12345']);
  expect(answers[0]).toContain('content-length: 5');
});

test.each([['a length', {}], ['chunks', { 'transfer-encoding': 'chunked' }]])('20 MB with %s arrive unchanged both ways', async (_, headers) => {
  await house.agent.publish([routeTo(await house.app('a', async (message, answer) => {
    const bytes = await read(message);
    if (message.headers['content-length']) answer.setHeader('content-length', bytes.length);
    answer.setHeader('x-sha256', sha256(bytes));
    answer.end(bytes);
  }))]);
  const { message, body } = await call({ method: 'PUT', headers }, big);
  expect(message.headers['x-sha256']).toBe(sha256(big));
  expect(sha256(body)).toBe(sha256(big));
});

test('an answer that ends with its connection ends with its connection', async () => {
  await house.agent.publish([routeTo(await house.rawApp('a', (socket) => {
    socket.once('data', () => socket.end(Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), big.subarray(0, 1_000_000)])));
  }))]);
  const text = await ask(house.port, 'GET / HTTP/1.1\r\nHost: alpha.localhost\r\n\r\n');
  expect(text.slice(0, text.indexOf('\r\n\r\n'))).toBe('HTTP/1.1 200 OK\r\nconnection: close');
  expect(sha256(Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1'))).toBe(sha256(big.subarray(0, 1_000_000)));
});

test('connections to an app are reused, also for different clients', async () => {
  let connections = 0;
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => void answer.end('ok'), (server) => server.on('connection', () => connections++)))]);
  for (let index = 0; index < 20; index++) expect((await call({ agent: new Agent({ keepAlive: false }) })).body.toString()).toBe('ok');
  expect(connections).toBe(1);
});

test('an app that closes its connection after each answer does not close the client\'s', async () => {
  let connections = 0;
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => void answer.setHeader('connection', 'close').end('ok'), (server) => server.on('connection', () => connections++)))]);
  const client = openRawClient(house.port);
  for (let index = 1; index <= 5; index++) {
    client.send('GET / HTTP/1.1\r\nHost: alpha.localhost\r\n\r\n');
    await client.until(new RegExp(`(ok[^]*){${index}}`));
  }
  expect(client.text()).not.toMatch(/connection: close/i);
  expect(connections).toBe(5);
  client.close();
});

test('pipelined requests are answered one after the other, in their order', async () => {
  let open = 0;
  let most = 0;
  await house.agent.publish([routeTo(await house.app('a', async (message, answer) => {
    most = Math.max(most, ++open);
    const body = await read(message);
    await new Promise((resolve) => setImmediate(resolve));
    open--;
    answer.end(`[${message.url} ${body}]`);
  }))]);
  const requests = Array.from({ length: 50 }, (_, index) => (index % 2 ? `GET /${index} HTTP/1.1\r\nHost: alpha.localhost\r\n\r\n` : `POST /${index} HTTP/1.1\r\nHost: alpha.localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`));
  const client = openRawClient(house.port);
  client.send(requests.join(''));
  const text = await client.until('[/49 ]');
  expect([...text.matchAll(/\[\/(\d+) (\w*)\]/g)].map((match) => [Number(match[1]), match[2]])).toEqual(Array.from({ length: 50 }, (_, index) => [index, index % 2 ? '' : 'abc']));
  expect(most).toBe(1);
  client.close();
});

test('ten thousand pipelined requests to nobody are all answered', async () => {
  const client = openRawClient(house.port);
  client.send('GET / HTTP/1.1\r\nHost: nobody.localhost\r\n\r\n'.repeat(10_000));
  client.send('GET /last HTTP/1.1\r\nHost: nobody.localhost\r\nConnection: close\r\n\r\n');
  expect((await client.closed).match(/HTTP\/1\.1 404/g)).toHaveLength(10_001);
});

test('a head may come byte by byte, and a body too', async () => {
  await house.agent.publish([routeTo(await house.app('a', async (message, answer) => void answer.end(`got ${await read(message)}`)))]);
  const client = openRawClient(house.port);
  client.socket.setNoDelay(true);
  for (const letter of 'POST /x HTTP/1.1\r\nHost: alpha.localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n') {
    client.send(letter);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await client.closed).toContain('got hello');
});

test('the label of the Host chooses the app, in any case and on any port; the absolute form overrules the Host', async () => {
  const [first, second] = [await house.app('a', (message, answer) => void answer.end(`alpha ${message.url} ${message.headers.host}`)), await house.app('b', (_, answer) => void answer.end('beta'))];
  await house.agent.publish([routeTo(first), routeTo(second, { host: 'beta', appId: 'app-2' })]);
  const get = (target: string, host: string): Promise<string> => ask(house.port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  expect(await get('/', 'ALPHA.localhost:99')).toContain('alpha / ALPHA.localhost:99');
  expect(await get('/', 'beta.apps.example.com.')).toContain('beta');
  expect(await get('http://alpha.localhost/x?y', 'beta.localhost')).toContain('alpha /x?y alpha.localhost');
  expect(await get('HTTP://alpha.localhost?y', 'beta.localhost')).toContain('alpha /?y alpha.localhost');
  for (const host of ['localhost', '127.0.0.1:80', '[::1]:80', 'alpha', 'gamma.localhost']) expect(await get('/', host)).toMatch(/^HTTP\/1\.1 404 /);
});
