import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type House, openHouse, routeTo, until } from './test-parts/house.ts';
import { ask, openRawClient } from './test-parts/raw-client.ts';
import { askHealth, close, get } from './test-parts/requests.ts';

let house: House;
afterEach(() => house.close());

const post = 'POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello';
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const counts = async () => (await askHealth(house.port)).apps['app-1']!;
const untilHeld = async (held: number): Promise<void> => {
  while ((await counts()).held !== held) await new Promise((resolve) => setImmediate(resolve));
};

/** The listener of an app that sleeps: connections are made, and answered by the test when it likes. */
async function openSleeper(): Promise<{ path: string; guests: Socket[]; heard: () => string[]; answerAll: () => void }> {
  const guests: Socket[] = [];
  const heard = new Map<Socket, string>();
  const path = await house.rawApp('a', (socket) => {
    guests.push(socket);
    heard.set(socket, '');
    socket.on('data', (bytes) => heard.set(socket, heard.get(socket)! + bytes.toString('latin1')));
  });
  return { path, guests, heard: () => [...heard.values()].filter((text) => text !== ''), answerAll: () => guests.forEach((guest) => guest.write(answer)) };
}

test('a frozen app is sent the request with the knock; it counts as held until the first byte of the answer', async () => {
  house = await openHouse();
  const app = await openSleeper();
  await house.agent.publish([routeTo(app.path, { phase: 'frozen' })]);
  const client = openRawClient(house.port);
  client.send(get('/first'));
  await until(() => app.heard().length === 1);
  expect(app.heard()[0]).toContain('GET /first ');
  await untilHeld(1);
  app.answerAll();
  await client.until(/ok$/);
  expect(await counts()).toEqual({ unanswered: 0, held: 0 });
  client.close();
});

test('an app that is gone hears a knock, and the request once it runs', async () => {
  house = await openHouse();
  const app = await openSleeper();
  await house.agent.publish([routeTo(app.path, { phase: 'gone' })]);
  const answered = ask(house.port, post);
  await untilHeld(1);
  await until(() => app.guests.length === 1);
  await house.agent.publish([routeTo(app.path, { phase: 'waking' })]);
  expect(app.heard()).toEqual([]);
  await house.agent.publish([routeTo(app.path)]);
  await until(() => app.heard().length === 1);
  app.answerAll();
  expect(await answered).toMatch(/^HTTP\/1\.1 200 [^]*ok$/);
  expect(app.guests).toHaveLength(1);
});

test.each(['gone', 'waking', 'crashed'])('a wait for an app that is %s ends with 503 and Retry-After, and no byte of the request was given away', async (phase) => {
  house = await openHouse({ limits: { holdMs: 50 } });
  const app = await openSleeper();
  await house.agent.publish([routeTo(app.path, { phase })]);
  for (const message of [get('/', close), post]) expect(await ask(house.port, message)).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 5[^]*app_not_running/);
  await until(() => app.guests.every((guest) => guest.readableEnded));
  expect(app.guests).toHaveLength(phase === 'gone' ? 2 : 0);
  expect(app.heard()).toEqual([]);
  expect(await counts()).toEqual({ unanswered: 2, held: 0 });
});

test('a frozen app that does not thaw: 503 for what may be repeated, 502 for what may have an effect yet', async () => {
  house = await openHouse({ limits: { holdMs: 50 } });
  const app = await openSleeper();
  await house.agent.publish([routeTo(app.path, { phase: 'frozen' })]);
  expect(await ask(house.port, get('/', close))).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 5[^]*app_not_running/);
  expect(await ask(house.port, post)).toMatch(/^HTTP\/1\.1 502 [^]*app_broke_off/);
  await until(() => app.guests.every((guest) => guest.readableEnded));
});

test('hundreds at once: as many as may wait are answered, the others are told to come back', async () => {
  house = await openHouse({ limits: { holdsPerApp: 200, holdMs: 600_000 } });
  const app = await openSleeper();
  await house.agent.publish([routeTo(app.path, { phase: 'gone' })]);
  const answers = Array.from({ length: 500 }, (_, index) => ask(house.port, get(`/${index}`, close)));
  let refused = 0;
  for (const one of answers) void one.then((text) => (refused += Number(/^HTTP\/1\.1 503 [^]*retry-after: 5[^]*app_busy/.test(text))));
  await until(() => refused === 300);
  expect(await counts()).toEqual({ unanswered: 300, held: 200 });
  await house.agent.publish([routeTo(app.path)]);
  await until(() => app.heard().length === 200);
  app.answerAll();
  const texts = await Promise.all(answers);
  expect(texts.filter((text) => text.startsWith('HTTP/1.1 200 ') && text.endsWith('ok'))).toHaveLength(200);
  expect(await counts()).toEqual({ unanswered: 300, held: 0 });
});

test('the wait for a wake is bounded, the time that an app takes is not', async () => {
  house = await openHouse({ limits: { holdMs: 50 } });
  const app = await openSleeper();
  await house.agent.publish([routeTo(app.path, { phase: 'frozen' }), routeTo('/none', { host: 'beta', appId: 'app-2', phase: 'gone' })]);
  const slow = openRawClient(house.port);
  slow.send(get('/slow'));
  await until(() => app.heard().length === 1);
  await house.agent.publish([routeTo(app.path), routeTo('/none', { host: 'beta', appId: 'app-2', phase: 'gone' })]);
  // Whoever waits as long beside it is refused meanwhile.
  for (let round = 0; round < 3; round++) expect(await ask(house.port, get('/', close, 'beta.localhost'))).toMatch(/^HTTP\/1\.1 503 /);
  app.answerAll();
  expect(await slow.until(/ok$/)).toMatch(/^HTTP\/1\.1 200 /);
  slow.close();
});

test.each(['frozen', 'gone', 'crashed'])('what was sent when the app had just become %s waits within the bound as well', async (phase) => {
  house = await openHouse({ limits: { holdMs: 100 } });
  const app = await openSleeper();
  await house.agent.publish([routeTo(app.path)]);
  const answered = ask(house.port, get('/', close));
  await until(() => app.heard().length === 1);
  expect(await counts()).toEqual({ unanswered: 0, held: 0 });
  await house.agent.publish([routeTo(app.path, { phase })]);
  await untilHeld(1);
  expect(await answered).toMatch(/^HTTP\/1\.1 503 [^]*app_not_running/);
});

test('a change of the phase alone closes no connection that is kept', async () => {
  house = await openHouse();
  let accepted = 0;
  const path = await house.rawApp('a', (socket) => {
    accepted++;
    socket.on('data', () => socket.write(answer));
  });
  const client = openRawClient(house.port);
  for (const phase of ['running', 'frozen', 'waking', 'running']) await house.agent.publish([routeTo(path, { phase })]);
  client.send(get('/'));
  await client.until(/ok$/);
  for (const phase of ['frozen', 'running']) await house.agent.publish([routeTo(path, { phase })]);
  client.send(get('/'));
  await client.until(/ok[^]*ok$/);
  expect(accepted).toBe(1);
  client.close();
});

test('a request that a woken app died with unread is sent again for as long as it may wait', async () => {
  house = await openHouse({ limits: { holdMs: 600_000 } });
  const path = join(house.folder, 'dying.sock');
  let deaths = 0;
  // Paused: what was sent stays with the system, as for a process that ends before it reads.
  const app = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => undefined);
    if (deaths === 3) return void socket.on('data', () => socket.end(answer)).resume();
    deaths++;
    setImmediate(() => socket.destroy());
  });
  await new Promise<void>((resolve) => app.listen(path, resolve));
  await house.agent.publish([routeTo(path, { phase: 'frozen' })]);
  expect(await ask(house.port, post)).toMatch(/^HTTP\/1\.1 200 [^]*ok$/);
  expect(deaths).toBe(3);
  app.close();
});

test('a request that a woken app died of is sent once more when it may be repeated, then it is a 502', async () => {
  house = await openHouse();
  let asked = 0;
  const path = await house.rawApp('a', (socket) => socket.once('data', () => {
    asked++;
    socket.end();
  }));
  await house.agent.publish([routeTo(path, { phase: 'frozen' })]);
  expect(await ask(house.port, get('/', close))).toMatch(/^HTTP\/1\.1 502 /);
  expect(asked).toBe(2);
  expect(await ask(house.port, post)).toMatch(/^HTTP\/1\.1 502 /);
  expect(asked).toBe(3);
});

// One that ends its side only may still read: it is held for as long as everybody.
test.each([['goes away', 600_000], ['ends its side', 200]])('a client that %s while its app wakes makes room, and its knock is taken back', async (how, holdMs) => {
  house = await openHouse({ limits: { holdsPerApp: 1, holdMs } });
  const app = await openSleeper();
  await house.agent.publish([routeTo(app.path, { phase: 'gone' })]);
  const client = openRawClient(house.port);
  client.send(get('/'));
  await untilHeld(1);
  if (how === 'goes away') client.socket.resetAndDestroy();
  else client.close();
  await untilHeld(0);
  await until(() => app.guests[0]?.readableEnded === true);
});
