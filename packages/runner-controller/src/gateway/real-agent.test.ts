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

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
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

async function deploy(generation: number, source: string): Promise<void> {
  const sources = join(folder, `sources-${generation}`);
  await mkdir(sources);
  await writeFile(join(sources, 'main.py'), source);
  const body = execFileSync('tar', ['cf', '-', '--mtime=@0', '-C', sources, 'main.py']);
  const digest = `sha256:${sha256(source)}`;
  await agent.request('put', { digest, sha256: sha256(body) }, { body });
  await agent.request('prepare', { appId: 'app-1', host: 'alpha', generation, digest, envVersion: 1, environment: {}, deadlineMs: 10_000 });
  await agent.request('activate', { appId: 'app-1', generation, digest });
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
