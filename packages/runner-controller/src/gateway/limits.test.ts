import { afterEach, expect, test } from 'vitest';
import { type House, openHouse, routeTo, until } from './test-parts/house.ts';
import { ask, openRawClient } from './test-parts/raw-client.ts';
import { get } from './test-parts/requests.ts';

let house: House;
afterEach(() => house.close());

test('a head that does not end in time is 408, however steadily it drips', async () => {
  house = await openHouse({ limits: { headMs: 200 } });
  const client = openRawClient(house.port);
  client.send('GET / HTTP/1.1\r\n');
  const dripping = setInterval(() => client.send('X-A: b\r\n'), 20);
  expect(await client.closed).toMatch(/^HTTP\/1\.1 408 [^]*connection: close/);
  clearInterval(dripping);
});

test('a connection that says nothing is closed without a word', async () => {
  house = await openHouse({ limits: { headMs: 100 } });
  expect(await openRawClient(house.port).closed).toBe('');
});

test('an idle kept-alive connection is closed after its time', async () => {
  house = await openHouse({ limits: { keepAliveMs: 100 } });
  const client = openRawClient(house.port);
  client.send(get('/'));
  expect((await client.closed).match(/HTTP\/1\.1 404/g)).toHaveLength(1);
});

test('a body that stops coming is 408, and the app hears of it', async () => {
  house = await openHouse({ limits: { bodyIdleMs: 100 } });
  let isAborted = false;
  await house.agent.publish([routeTo(await house.app('a', (message) => void message.on('error', () => (isAborted = true)).resume()))]);
  const client = openRawClient(house.port);
  client.send('POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 10\r\n\r\nhello');
  expect(await client.closed).toMatch(/^HTTP\/1\.1 408 /);
  await until(() => isAborted);
});

test('an app, a stream and a body in motion may take longer than every limit', async () => {
  house = await openHouse({ limits: { headMs: 600, keepAliveMs: 600, bodyIdleMs: 600, lingerMs: 600, upstreamIdleMs: 600 } });
  // Eight of them are longer than every limit, and each is far shorter, on a busy machine too.
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
  await house.agent.publish([routeTo(await house.app('a', async (message, answer) => {
    for await (const _ of message);
    for (let index = 0; index < 8; index++) await pause();
    answer.writeHead(200).flushHeaders();
    for (let index = 0; index < 8; index++) await pause();
    answer.end('done');
  }))]);
  const client = openRawClient(house.port);
  client.send('POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 8\r\nConnection: close\r\n\r\n');
  for (let index = 0; index < 8; index++) {
    await pause();
    client.send('x');
  }
  expect(await client.closed).toMatch(/^HTTP\/1\.1 200 [^]*done/);
});

test('connections over the bound are closed, and those within it go on', async () => {
  house = await openHouse({ limits: { connections: 2 } });
  const first = openRawClient(house.port);
  first.send(get('/'));
  await first.until('404');
  const second = openRawClient(house.port);
  second.send(get('/'));
  await second.until('404');
  expect(await ask(house.port, get('/'))).toBe('');
  first.send(get('/again'));
  await first.until(/404[^]*404/);
  for (const client of [first, second]) client.close();
});

test('idle connections to an app are closed by the gateway', async () => {
  house = await openHouse({ limits: { upstreamIdleMs: 50, headMs: 100 } });
  let open = 0;
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => void answer.end('ok'), (server) => server.on('connection', (socket) => {
    open++;
    socket.on('close', () => open--);
  })))]);
  expect(await ask(house.port, get('/', 'Connection: close\r\n'))).toMatch(/ok/);
  expect(open).toBe(1);
  await until(() => open === 0);
});

test('closing lets open requests end, tells their clients, and takes no new ones', async () => {
  house = await openHouse();
  let finish: (() => void) | undefined;
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => (finish = () => void answer.end('done'))))]);
  const busy = openRawClient(house.port);
  const idle = openRawClient(house.port);
  idle.send('GET / HTTP/1.1\r\nHost: nobody.localhost\r\n\r\n');
  await idle.until('404');
  busy.send(get('/'));
  await until(() => finish !== undefined);
  const closed = house.gateway.close(10_000);
  await idle.closed;
  finish!();
  expect(await busy.closed).toMatch(/connection: close[^]*done/);
  await closed;
  expect(await ask(house.port, get('/'))).toBe('');
});

test('closing ends what does not end by itself', async () => {
  house = await openHouse();
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => void answer.writeHead(200).flushHeaders()))]);
  const client = openRawClient(house.port);
  client.send(get('/'));
  await client.until('200');
  await house.gateway.close(50);
  await client.closed;
});
