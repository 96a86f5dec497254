import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { pythonPath } from '../../../../tools/parts/python.ts';
import { type House, openHouse, routeTo, until } from './test-parts/house.ts';
import { openRawClient, type RawClient, ask } from './test-parts/raw-client.ts';
import { askHealth, close, get } from './test-parts/requests.ts';
import { startTestAgent, type TestAgent } from './test-parts/test-agent.ts';

let house: House;
afterEach(() => house.close());

const health = (): ReturnType<typeof askHealth> => askHealth(house.port);

async function next(client: RawClient, request: string): Promise<string> {
  const before = client.text().length;
  client.send(request);
  await until(() => /\r\n\r\n./.test(client.text().slice(before)));
  return client.text().slice(before);
}

/** An agent ends, and with it the app that `socket` leads to; the next one knows where the app is then. */
async function endWith(agent: TestAgent, socket: Socket, agentId: string, next: string): Promise<TestAgent> {
  await agent.stop();
  await rm(house.agentSocket, { force: true });
  socket.destroy();
  return startTestAgent(house.agentSocket, { agentId, routes: [routeTo(next)] });
}

test('after routesApplied no request reaches the former app, also not on kept-alive connections', async () => {
  house = await openHouse();
  let generation = 0;
  const clients = Array.from({ length: 20 }, () => openRawClient(house.port));
  const publish = async (): Promise<void> => {
    generation++;
    const mine = generation;
    await house.agent.publish([routeTo(await house.app(`a${mine}`, (_, answer) => void answer.end(`generation ${mine};`)), { generation: mine })]);
  };
  await publish();
  for (let round = 0; round < 10; round++) {
    for (const text of await Promise.all(clients.map((client) => next(client, get('/'))))) expect(text).toContain(`generation ${generation};`);
    await publish();
  }
  for (const client of clients) client.close();
});

test('under load no request that was begun after routesApplied is answered by the former child of the same socket', async () => {
  house = await openHouse();
  let generation = 1;
  // One listener, as the agent holds it: a connection keeps the child that accepted it.
  const socket = await house.rawApp('a', (connection) => {
    const child = generation;
    connection.on('data', () => connection.write(`HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n${String(child).padStart(7)};`));
  });
  await house.agent.publish([routeTo(socket)]);
  let applied = 1;
  let isOver = false;
  let asked = 0;
  const stale: string[] = [];
  const loops = Array.from({ length: 16 }, async () => {
    const client = openRawClient(house.port);
    while (!isOver) {
      const least = applied;
      const answer = Number(/(\d+);$/.exec(await next(client, get('/')))?.[1]);
      asked++;
      if (!(answer >= least)) stale.push(`${answer} after ${least}`);
    }
    client.close();
  });
  for (let round = 0; round < 100; round++) {
    generation++;
    await house.agent.publish([routeTo(socket, { generation })]);
    applied = generation;
    const seen = asked;
    await until(() => asked > seen + 10);
  }
  isOver = true;
  await Promise.all(loops);
  expect(stale).toEqual([]);
  expect(asked).toBeGreaterThan(1_000);
});

test('a request that was connecting while its app was switched goes to the new one', async () => {
  house = await openHouse();
  const former = await house.rawApp('old', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold')));
  const current = await house.app('new', (_, answer) => void answer.end('new'));
  await house.agent.publish([routeTo(former, { phase: 'waking' })]);
  const answers = Array.from({ length: 10 }, () => ask(house.port, get('/', close)));
  while ((await health()).apps['app-1']!.held < 10) await new Promise((resolve) => setImmediate(resolve));
  // Both tables arrive in one piece: the first lets the requests go, the second takes their app away before they are connected.
  await Promise.all([house.agent.publish([routeTo(former)]), house.agent.publish([routeTo(current, { generation: 2 })])]);
  for (const text of await Promise.all(answers)) expect(text).toMatch(/new$/);
});

test.each(['waking', 'crashed'])('a request for an app that is %s waits until it runs', async (phase) => {
  house = await openHouse();
  const socket = await house.app('a', (message, answer) => void answer.end(`answered ${message.url}`));
  await house.agent.publish([routeTo(socket, { phase })]);
  const clients = Array.from({ length: 5 }, () => openRawClient(house.port));
  for (const [index, client] of clients.entries()) client.send(`POST /${index} HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\n\r\nhello`);
  while ((await health()).apps['app-1']!.held < 5) await new Promise((resolve) => setImmediate(resolve));
  await house.agent.publish([routeTo(socket, { phase: 'running' })]);
  for (const [index, client] of clients.entries()) {
    await client.until(`answered /${index}`);
    client.close();
  }
  expect((await health()).apps['app-1']).toEqual({ unanswered: 0, held: 0 });
});

test('a request for a listener that is not there yet waits until it is', async () => {
  house = await openHouse();
  await house.agent.publish([routeTo(`${house.folder}/late.sock`)]);
  const client = openRawClient(house.port);
  client.send(get('/'));
  while ((await health()).apps['app-1']!.held < 1) await new Promise((resolve) => setImmediate(resolve));
  await house.app('late', (_, answer) => void answer.end('at last'));
  await client.until('at last');
  client.close();
});

test('the body of a waiting request waits with its client, and arrives whole', async () => {
  house = await openHouse({ limits: { holdMs: 600_000 } });
  const total = 50 * 1024 * 1024;
  const socket = await house.app('a', async (message, answer) => {
    let bytes = 0;
    for await (const chunk of message) bytes += (chunk as Buffer).length;
    answer.end(`got ${bytes}`);
  });
  await house.agent.publish([routeTo(socket, { phase: 'waking' })]);
  const client = openRawClient(house.port);
  client.send(`POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: ${total}\r\n\r\n`);
  client.send(Buffer.alloc(total));
  while ((await health()).apps['app-1']!.held < 1) await new Promise((resolve) => setImmediate(resolve));
  for (let turns = 0; turns < 200; turns++) await new Promise((resolve) => setImmediate(resolve));
  expect(client.socket.writableLength).toBeGreaterThan(0);
  await house.agent.publish([routeTo(socket)]);
  await client.until(`got ${total}`);
  client.close();
});

test('a wait ends at its bound with 503 and Retry-After, and is counted', async () => {
  house = await openHouse({ limits: { holdMs: 50 } });
  await house.agent.publish([routeTo(`${house.folder}/none.sock`), routeTo('/none', { host: 'beta', appId: 'app-2', phase: 'waking' })]);
  for (const host of ['alpha.localhost', 'beta.localhost']) {
    expect(await ask(house.port, get('/', close, host))).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 5[^]*app_not_running/);
  }
  expect((await health()).apps).toEqual({ 'app-1': { unanswered: 1, held: 0 }, 'app-2': { unanswered: 1, held: 0 } });
});

test.each([['stopped', 'This app is not running now'], ['idle', 'Nothing is live here yet']])('an app that is %s is 503 at once', async (phase, title) => {
  house = await openHouse({ limits: { holdMs: 600_000 } });
  await house.agent.publish([routeTo('/none', { phase })]);
  expect(await ask(house.port, get('/', close))).toMatch(new RegExp(`^HTTP/1\\.1 503 [^]*retry-after: 5[^]*${title}[^]*app_not_running`));
});

test('no more than the bound may wait per app; one who goes away makes room', async () => {
  house = await openHouse({ limits: { holdsPerApp: 2, holdMs: 600_000 } });
  await house.agent.publish([routeTo('/none', { phase: 'waking' })]);
  const waiting = [openRawClient(house.port), openRawClient(house.port)];
  for (const client of waiting) client.send(get('/'));
  while ((await health()).apps['app-1']!.held < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(await ask(house.port, get('/', close))).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 5[^]*app_busy/);
  // The end of what it sends alone is no leaving.
  for (const client of waiting) client.socket.resetAndDestroy();
  while ((await health()).apps['app-1']!.held > 0) await new Promise((resolve) => setImmediate(resolve));
});

test('an app that is removed while a request waits for it is 404', async () => {
  house = await openHouse({ limits: { holdMs: 600_000 } });
  await house.agent.publish([routeTo('/none', { phase: 'waking' })]);
  const answer = ask(house.port, get('/', close));
  while ((await health()).apps['app-1']!.held < 1) await new Promise((resolve) => setImmediate(resolve));
  await house.agent.publish([]);
  expect(await answer).toMatch(/^HTTP\/1\.1 404 /);
});

test('an unknown app is 404, as a page for people and as a problem for programs', async () => {
  house = await openHouse();
  expect(await ask(house.port, get('/', `Accept: text/html,*/*\r\n${close}`))).toMatch(/^HTTP\/1\.1 404 [^]*text\/html[^]*content-security-policy: default-src 'none'[^]*There is no app at this address/);
  expect(JSON.parse((await ask(house.port, get('/', close))).split('\r\n\r\n')[1]!)).toMatchObject({ status: 404, code: 'app_not_found' });
});

test('the last known table is kept while the agent is away, and replaced when it is back', async () => {
  house = await openHouse();
  await house.agent.publish([routeTo(await house.app('a', (_, answer) => void answer.end('still here')))]);
  await house.agent.stop();
  await rm(house.agentSocket, { force: true });
  expect(await ask(house.port, get('/', close))).toContain('still here');
  const second = await startTestAgent(house.agentSocket, { agentId: 'agent-2', routes: [routeTo(await house.app('b', (_, answer) => void answer.end('moved')))] });
  await until(() => second.applied.length > 0);
  expect(await ask(house.port, get('/', close))).toContain('moved');
  expect(second.roles).toEqual(['gateway']);
  await second.stop();
});

test('a request is sent again when a reused connection was closed under it', async () => {
  house = await openHouse();
  const accepted: Socket[] = [];
  await house.agent.publish([routeTo(await house.rawApp('a', (socket) => {
    accepted.push(socket);
    let requests = 0;
    // The second request on a connection is read and never answered.
    socket.on('data', () => (++requests === 1 ? socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok') : socket.end()));
  }))]);
  const client = openRawClient(house.port);
  for (let index = 0; index < 5; index++) expect(await next(client, get(`/${index}`))).toMatch(/^HTTP\/1\.1 200 [^]*ok$/);
  // Nothing tells whether a POST that was read has had its effect.
  expect(await next(client, 'POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\n\r\nhello')).toMatch(/^HTTP\/1\.1 502 /);
  expect(accepted).toHaveLength(5);
  client.close();
});

test('a fresh connection that is broken off is a 502 and is not followed by another one, nor is a retry', async () => {
  house = await openHouse();
  let connections = 0;
  await house.agent.publish([
    routeTo(await house.rawApp('a', (socket) => {
      connections++;
      socket.once('data', () => socket.end());
    })),
    routeTo(await house.rawApp('b', (socket) => {
      connections++;
      let requests = connections === 1 ? 0 : 1;
      socket.on('data', () => (++requests === 1 ? socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok') : socket.end()));
    }), { host: 'beta', appId: 'app-2' }),
  ]);
  expect(await ask(house.port, get('/', close))).toMatch(/^HTTP\/1\.1 502 /);
  expect(connections).toBe(1);
  connections = 0;
  expect(await ask(house.port, get('/', close, 'beta.localhost'))).toMatch(/ok$/);
  expect(await ask(house.port, get('/', close, 'beta.localhost'))).toMatch(/^HTTP\/1\.1 502 /);
  expect(connections).toBe(2);
  expect((await health()).apps).toEqual({ 'app-1': { unanswered: 1, held: 0 }, 'app-2': { unanswered: 1, held: 0 } });
});

test.each(['app', 'agent'])('a request that was read by an app that ends with its agent is answered by the next one, the %s seen to end first', async (first) => {
  house = await openHouse();
  let read: Socket | undefined;
  await house.agent.publish([routeTo(await house.rawApp('a', (socket) => void socket.once('data', () => (read = socket))))]);
  const answer = ask(house.port, get('/', close));
  await until(() => read !== undefined);
  if (first === 'app') read!.end();
  await house.agent.stop();
  await rm(house.agentSocket, { force: true });
  if (first === 'agent') read!.end();
  const second = await startTestAgent(house.agentSocket, { agentId: 'agent-2', routes: [routeTo(await house.app('b', (_, reply) => void reply.end('came back')))] });
  expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*came back$/);
  await second.stop();
});

test('a request that was read by an app that ends with its agent is sent again once: it may be what ends them', async () => {
  house = await openHouse();
  const read: Socket[] = [];
  const app = await house.rawApp('a', (socket) => void socket.once('data', () => read.push(socket)));
  await house.agent.publish([routeTo(app)]);
  const answer = ask(house.port, get('/', close));
  await until(() => read.length === 1);
  const last = await endWith(house.agent, read[0]!, 'agent-2', app);
  await until(() => read.length === 2);
  await (await endWith(last, read[1]!, 'agent-3', await house.app('b', (_, reply) => void reply.end('came back')))).stop();
  expect(await answer).toMatch(/^HTTP\/1\.1 502 /);
  expect(read).toHaveLength(2);
});

test('a request that apps left unread which ended with their agents is sent again for as long as it may wait', async () => {
  house = await openHouse({ limits: { holdMs: 600_000 } });
  const path = join(house.folder, 'dying.sock');
  const unread: Socket[] = [];
  // Paused: what was sent stays with the system, as for a process that ends before it reads.
  const app = createServer({ pauseOnConnect: true }, (socket) => void unread.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => app.listen(path, resolve));
  await house.agent.publish([routeTo(path)]);
  const answer = ask(house.port, 'POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello');
  let agent = house.agent;
  for (let death = 1; death <= 3; death++) {
    await until(() => unread.length === death);
    const next = death === 3 ? await house.app('b', (_, reply) => void reply.end('came back')) : path;
    agent = await endWith(agent, unread[death - 1]!, `agent-${death + 1}`, next);
  }
  expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*came back$/);
  await agent.stop();
  app.close();
});

test('a POST that was read by an app that ends with its agent is a 502', async () => {
  house = await openHouse();
  let read: Socket | undefined;
  await house.agent.publish([routeTo(await house.rawApp('a', (socket) => void socket.once('data', () => (read = socket))))]);
  const answer = ask(house.port, 'POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello');
  await until(() => read !== undefined);
  await house.agent.stop();
  read!.end();
  expect(await answer).toMatch(/^HTTP\/1\.1 502 /);
});

test('idle connections to a former app are closed when routesApplied is said, busy ones after their answer', async () => {
  house = await openHouse();
  let finish: (() => void) | undefined;
  const open = new Set<Socket>();
  const former = await house.app('a', (message, answer) => void (message.url === '/slow' ? (finish = () => void answer.end('slow')) : answer.end('quick')), (server) => server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  }));
  await house.agent.publish([routeTo(former)]);
  const slow = openRawClient(house.port);
  slow.send(get('/slow'));
  await until(() => finish !== undefined);
  expect(await ask(house.port, get('/', close))).toMatch(/quick$/);
  expect(open.size).toBe(2);
  await house.agent.publish([routeTo(former, { generation: 2 })]);
  await until(() => open.size === 1);
  finish!();
  await slow.until('slow');
  await until(() => open.size === 0);
  slow.close();
});

test('a POST is sent again when the app closed the connection without having read it', async () => {
  house = await openHouse();
  // Answers one request per connection, waits until the next one lies there unread, and closes.
  const app = spawn(pythonPath(), ['-c', `
import select, socket, sys
listener = socket.socket(socket.AF_UNIX); listener.bind(sys.argv[1]); listener.listen(); print(flush=True)
while True:
    connection, _ = listener.accept()
    body = connection.recv(65536)[-5:]
    connection.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\n' + body)
    select.select([connection], [], [])
    connection.close()
`, `${house.folder}/python.sock`], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(app.stdout, 'data');
    await house.agent.publish([routeTo(`${house.folder}/python.sock`)]);
    const client = openRawClient(house.port);
    for (let index = 10; index < 60; index++) {
      expect(await next(client, `POST / HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\n\r\nnr ${index}`)).toMatch(new RegExp(`^HTTP/1\\.1 200 [^]*nr ${index}$`));
    }
    client.close();
  } finally {
    app.kill();
  }
});

test('the gateway says how it is, on its bare host only', async () => {
  house = await openHouse();
  await house.agent.publish([routeTo(await house.app('a', (message, answer) => void answer.end(`app ${message.url}`)))]);
  expect(await health()).toEqual({ status: 'ready', routes: 1, version: 2, apps: { 'app-1': { unanswered: 0, held: 0 } } });
  expect(await ask(house.port, get('/.fapi/gateway/health', close))).toContain('app /.fapi/gateway/health');
  expect(await ask(house.port, get('/', close, 'localhost'))).toMatch(/^HTTP\/1\.1 404 /);
});
