import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonPath, runnerPath } from '../../../../tools/parts/python.ts';
import { type AgentClient, connectAgent } from '../agent/client.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { defaultLimits } from './limits.ts';
import { createAgentRoutes } from './routes/agent-routes.ts';
import { ask, openRawClient } from './test-parts/raw-client.ts';
import { silent } from './test-parts/silent.ts';

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
let folder: string;
let program: ChildProcess;
let agent: AgentClient;
let gateway: Gateway;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapi-real-'));
  const socketPath = join(folder, 'state/agent.sock');
  program = spawn(pythonPath(), ['-m', 'fapi_runner', 'agent', '--state', join(folder, 'state')], { cwd: runnerPath, stdio: ['ignore', 'ignore', 'inherit'] });
  gateway = await openGateway({
    host: '127.0.0.1', port: 0, source: createAgentRoutes({ socketPath, clock: () => performance.now(), random: Math.random, log: silent }),
    limits: defaultLimits, log: silent, clock: () => performance.now(), makeRequestId: () => 'made',
  });
  for (;;) {
    const found = await connectAgent(socketPath, { role: 'controller', epoch: 1 }).catch(() => undefined);
    if (found) {
      agent = found;
      break;
    }
    if (program.exitCode !== null) throw new Error(`the agent ended with ${program.exitCode}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
});
afterAll(async () => {
  await gateway.close(0);
  const ended = once(program, 'exit');
  await agent.request('shutdown').catch(() => undefined);
  await ended;
  await rm(folder, { recursive: true, force: true });
});

/** Sends a project of one file; answers its digest. */
async function put(appId: string, generation: number, source: string): Promise<string> {
  const sources = join(folder, `sources-${appId}-${generation}`);
  await mkdir(sources);
  await writeFile(join(sources, 'main.py'), source);
  const body = execFileSync('tar', ['cf', '-', '--mtime=@0', '-C', sources, 'main.py']);
  const digest = `sha256:${sha256(source)}`;
  await agent.request('put', { digest, sha256: sha256(body) }, { body });
  return digest;
}

async function deploy(generation: number, source: string, { appId = 'app-1', host = 'alpha', ...policy }: { appId?: string; host?: string; idleFreezeS?: number; idleStopS?: number } = {}): Promise<void> {
  const digest = await put(appId, generation, source);
  await agent.request('prepare', { appId, host, generation, digest, envVersion: 1, environment: {}, deadlineMs: 10_000, ...policy });
  await agent.request('activate', { appId, generation, digest });
}

const makeApp = (version: number): string => `
from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import StreamingResponse
app = FastAPI()

@app.get("/")
async def version(request: Request):
    return {"version": ${version}, "url": str(request.url), "client": request.client.host}

@app.post("/echo")
async def echo(request: Request):
    return {"bytes": len(await request.body())}

@app.websocket("/ws")
async def talk(socket: WebSocket):
    await socket.accept()
    await socket.send_text("hello " + await socket.receive_text())
    await socket.close()
`;

test('a deployed FastAPI app is reached by its name, with uploads, WebSockets, docs and its own public address', async () => {
  await deploy(1, makeApp(1));
  const host = `Host: alpha.localhost:${gateway.port}\r\n`;
  expect(await ask(gateway.port, `GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toContain(`{"version":1,"url":"http://alpha.localhost:${gateway.port}/","client":`);
  expect(await ask(gateway.port, `GET /docs HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(gateway.port, `GET /.fapi/identity?nonce=0123456789abcdef HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toMatch(/"generation":\s*1/);
  expect(await ask(gateway.port, Buffer.concat([Buffer.from(`POST /echo HTTP/1.1\r\n${host}Connection: close\r\nContent-Length: 5000000\r\n\r\n`), Buffer.alloc(5_000_000)]))).toContain('{"bytes":5000000}');
  const client = openRawClient(gateway.port);
  client.send(`GET /ws HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
  await client.until(/^HTTP\/1\.1 101 [^]*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=[^]*\r\n\r\n/);
  // A masked text frame whose mask is zero; the answer is a text frame and a close frame.
  client.send('\x81\x85\0\0\0\0there');
  await client.until('\x81\x0bhello there');
  client.close();
});

test('redeploying under load fails no request, and none begun after activate is answered by a former version', async () => {
  let live = 1;
  let isOver = false;
  let asked = 0;
  const wrong: string[] = [];
  const loops = Array.from({ length: 8 }, async (_, index) => {
    const client = openRawClient(gateway.port);
    while (!isOver) {
      const least = live;
      const before = client.text().length;
      client.send(index % 2 ? 'GET / HTTP/1.1\r\nHost: alpha.localhost\r\n\r\n' : 'POST /echo HTTP/1.1\r\nHost: alpha.localhost\r\nContent-Length: 5\r\n\r\nhello');
      const answer = (await client.until(new RegExp(`^[^]{${before}}[^]*\\}$`))).slice(before);
      asked++;
      const version = /"version":(\d+)/.exec(answer)?.[1];
      if (!answer.startsWith('HTTP/1.1 200 ') || (version !== undefined && Number(version) < least)) wrong.push(`${answer.slice(0, 40)} version ${version} after ${least}`);
    }
    client.close();
  });
  for (let generation = 2; generation <= 12; generation++) {
    await deploy(generation, makeApp(generation));
    live = generation;
    const seen = asked;
    while (asked < seen + 50) await new Promise((resolve) => setImmediate(resolve));
  }
  isOver = true;
  await Promise.all(loops);
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(500);
}, 60_000);

async function untilAsleep(appId: string, depth: 'frozen' | 'gone'): Promise<void> {
  while ((await agent.request('status', { appId })).apps[0]!.asleep !== depth) await new Promise((resolve) => setImmediate(resolve));
}
const get = (host: string, path = '/', port = gateway.port): Promise<string> => ask(port, `GET ${path} HTTP/1.1\r\nHost: ${host === 'localhost' ? host : `${host}.localhost`}\r\nConnection: close\r\n\r\n`);

test('an app of which nothing is live is told so at once, also when its first deploy has failed; one whose first deploy is on its way is waited for', async () => {
  const release = { appId: 'first', host: 'first', envVersion: 1, environment: {}, deadlineMs: 10_000 };
  const notYet = /^HTTP\/1\.1 503 [^]*Nothing is live here yet/;
  const digest = await put('first', 1, makeApp(1));
  await agent.request('draft', { ...release, digest, session: 'page', sequence: 1 });
  let told: string;
  do told = await get('first'); while (told.startsWith('HTTP/1.1 404'));
  expect(told).toMatch(notYet);
  const broken = await put('first', 2, 'raise RuntimeError("broken")');
  await expect(agent.request('prepare', { ...release, generation: 2, digest: broken })).rejects.toThrow('broken');
  expect(await get('first')).toMatch(notYet);
  await agent.request('prepare', { ...release, generation: 3, digest });
  let answer = '';
  const asked = (async () => {
    do answer = await get('first'); while (notYet.test(answer));
  })();
  const health = async (): Promise<string> => get('localhost', '/.fapi/gateway/health');
  while (!/"first":\{"unanswered":\d+,"held":1\}/.test(await health())) await new Promise((resolve) => setImmediate(resolve));
  await agent.request('activate', { appId: 'first', generation: 3, digest });
  await asked;
  expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*"version":1/);
}, 60_000);

test('a first deploy is waited for while it starts, whatever else is told of meanwhile', async () => {
  const release = { envVersion: 1, environment: {}, deadlineMs: 10_000 };
  const digest = await put('starting', 1, `import asyncio, contextlib, os\nfrom fastapi import FastAPI\n@contextlib.asynccontextmanager\nasync def lifespan(app):\n    while os.path.exists("closed"):\n        await asyncio.sleep(0.02)\n    yield\napp = FastAPI(lifespan=lifespan)\n@app.get("/")\nasync def root(): return "here"\n`);
  await agent.request('prepare', { ...release, appId: 'starting', host: 'starting', generation: 1, digest });
  await writeFile(join(folder, 'state/apps/starting/closed'), '');
  const activated = agent.request('activate', { appId: 'starting', generation: 1, digest });
  // Each of them is new, and has the table told to the gateways; by the second one the first deploy is starting.
  for (const appId of ['beside-1', 'beside-2']) await agent.request('draft', { ...release, appId, host: appId, digest, session: 'page', sequence: 1 });
  let answer: string | undefined;
  const asked = get('starting').then((text) => (answer = text));
  while (answer === undefined && !/"starting":\{"unanswered":\d+,"held":1\}/.test(await get('localhost', '/.fapi/gateway/health'))) await new Promise((resolve) => setImmediate(resolve));
  await rm(join(folder, 'state/apps/starting/closed'));
  await activated;
  expect(await asked).toMatch(/^HTTP\/1\.1 200 [^]*"here"$/);
}, 60_000);

test('an app behind kept-alive clients falls asleep, deeper and deeper, and each next request is answered', async () => {
  await deploy(1, makeApp(1), { appId: 'sleepy', host: 'sleepy', idleFreezeS: 0.2 });
  const clients = Array.from({ length: 20 }, () => openRawClient(gateway.port));
  const askAll = async (): Promise<void> => {
    await Promise.all(clients.map(async (client) => {
      const before = client.text().length;
      client.send('GET / HTTP/1.1\r\nHost: sleepy.localhost\r\n\r\n');
      expect((await client.until(new RegExp(`^[^]{${before}}[^]*\\}$`))).slice(before)).toMatch(/^HTTP\/1\.1 200 /);
    }));
  };
  await askAll();
  await untilAsleep('sleepy', 'frozen');
  await askAll();
  await agent.request('policy', { appId: 'sleepy', idleStopS: 0.2 });
  await untilAsleep('sleepy', 'gone');
  await askAll();
  for (const client of clients) client.close();
}, 60_000);

test('of hundreds at once as many as may wait are answered by the app that they woke, the others are told to come back', async () => {
  await deploy(1, `import asyncio, contextlib, os\nfrom fastapi import FastAPI\n@contextlib.asynccontextmanager\nasync def lifespan(app):\n    while os.path.exists("closed"):\n        await asyncio.sleep(0.02)\n    yield\napp = FastAPI(lifespan=lifespan)\n@app.get("/")\nasync def root(): return "here"\n`, { appId: 'crowd', host: 'crowd', idleStopS: 0.2 });
  await untilAsleep('crowd', 'gone');
  await writeFile(join(folder, 'state/apps/crowd/closed'), '');
  let refused = 0;
  const answers = Array.from({ length: 350 }, () => get('crowd'));
  for (const one of answers) void one.then((text) => (refused += Number(/^HTTP\/1\.1 503 [^]*retry-after: 5[^]*app_busy/.test(text))));
  while (refused < 150) await new Promise((resolve) => setImmediate(resolve));
  await rm(join(folder, 'state/apps/crowd/closed'));
  expect((await Promise.all(answers)).filter((text) => /^HTTP\/1\.1 200 [^]*"here"$/.test(text))).toHaveLength(200);
  expect(refused).toBe(150);
}, 60_000);

test('a wake that fails is 503 with Retry-After, and what was refused is not carried out by whoever starts later', async () => {
  const impatient = await openGateway({
    host: '127.0.0.1', port: 0, source: createAgentRoutes({ socketPath: join(folder, 'state/agent.sock'), clock: () => performance.now(), random: Math.random, log: silent }),
    limits: { ...defaultLimits, holdMs: 1_000 }, log: silent, clock: () => performance.now(), makeRequestId: () => 'made',
  });
  try {
    await deploy(1, `import os\nfrom fastapi import FastAPI\nif os.path.exists("broken"):\n    raise RuntimeError("broken meanwhile")\napp = FastAPI()\ntaken = []\n@app.post("/")\nasync def take(): taken.append(1)\n@app.get("/")\nasync def count(): return len(taken)\n`, { appId: 'broken', host: 'broken', idleStopS: 0.2 });
    await untilAsleep('broken', 'gone');
    await writeFile(join(folder, 'state/apps/broken/broken'), '');
    const posts = await Promise.all(Array.from({ length: 20 }, () => ask(impatient.port, 'POST / HTTP/1.1\r\nHost: broken.localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')));
    for (const text of posts) expect(text).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 5[^]*app_not_running/);
    expect((await agent.request('status', { appId: 'broken' })).apps[0]).toMatchObject({ phase: 'crashed', failure: { report: { message: 'broken meanwhile' } } });
    await rm(join(folder, 'state/apps/broken/broken'));
    expect(await get('broken')).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n0$/);
  } finally {
    await impatient.close(0);
  }
}, 60_000);

test('a WebSocket and a stream keep an app awake for as long as they are open', async () => {
  await deploy(1, `import asyncio\nfrom fastapi import FastAPI, WebSocket\nfrom fastapi.responses import StreamingResponse\napp = FastAPI()\n@app.get("/events")\nasync def events():\n    async def tick():\n        while True:\n            yield "data: tick\\n\\n"\n            await asyncio.sleep(0.05)\n    return StreamingResponse(tick(), media_type="text/event-stream")\n@app.websocket("/ws")\nasync def talk(socket: WebSocket):\n    await socket.accept()\n    while True:\n        await socket.receive_text()\n`, { appId: 'awake', host: 'awake', idleFreezeS: 0.2 });
  const open = {
    websocket: 'GET /ws HTTP/1.1\r\nHost: awake.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    stream: 'GET /events HTTP/1.1\r\nHost: awake.localhost\r\n\r\n',
  };
  // An app of the same policy, asked last at the same time, falls asleep meanwhile.
  await deploy(1, makeApp(1), { appId: 'beside', host: 'beside', idleFreezeS: 0.2 });
  for (const message of Object.values(open)) {
    const client = openRawClient(gateway.port);
    client.send(message);
    await client.until(/^HTTP\/1\.1 (101|200) [^]*\r\n\r\n/);
    expect(await get('beside')).toMatch(/^HTTP\/1\.1 200 /);
    await untilAsleep('beside', 'frozen');
    expect((await agent.request('status', { appId: 'awake' })).apps[0]).toMatchObject({ phase: 'running' });
    client.close();
  }
  await untilAsleep('awake', 'frozen');
}, 60_000);
