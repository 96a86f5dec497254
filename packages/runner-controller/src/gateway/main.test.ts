import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask } from './test-parts/raw-client.ts';
import { startTestAgent } from './test-parts/test-agent.ts';

let folder: string;
const started: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapi-gateway-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function start(environment: Record<string, string>): { child: ChildProcess; stderr: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, ['--conditions=fapi-source', fileURLToPath(new URL('main.ts', import.meta.url))], {
    env: { FAPI_AGENT_SOCKET: join(folder, 'agent.sock'), FAPI_GATEWAY_STATE: join(folder, 'gateway.json'), FAPI_GATEWAY_IDENTITY: 'abc', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  started.push(child);
  let stderr = '';
  child.stderr!.on('data', (bytes) => (stderr += bytes));
  return { child, stderr: () => stderr, ended: once(child, 'exit').then(([code]) => code as number | null) };
}

async function readState(): Promise<{ pid: number; startTicks: string; port: number; identity: string }> {
  for (;;) {
    const text = await readFile(join(folder, 'gateway.json'), 'utf8').catch(() => '');
    if (text !== '') return JSON.parse(text) as never;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('writes its state when it is ready, follows the agent, and ends on SIGTERM', async () => {
  const agent = await startTestAgent(join(folder, 'agent.sock'));
  const { child, ended } = start({});
  const state = await readState();
  const ticks = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')[19];
  expect(state).toEqual({ pid: child.pid, startTicks: ticks, port: expect.any(Number), identity: 'abc' });
  expect((await stat(join(folder, 'gateway.json'))).mode & 0o777).toBe(0o600);
  while (agent.applied.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await ask(state.port, 'GET /.fapi/gateway/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toMatch(/"status":"ready"/);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  await expect(stat(join(folder, 'gateway.json'))).rejects.toThrow('ENOENT');
  await agent.stop();
});

test('on loopback an app is served under localhost and under no other name', async () => {
  const agent = await startTestAgent(join(folder, 'agent.sock'), { routes: [{ host: 'alpha', appId: 'app-1', socket: '/none', generation: 1, phase: 'stopped' }] });
  start({});
  const { port } = await readState();
  while (agent.applied.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await ask(port, 'GET / HTTP/1.1\r\nHost: alpha.localhost\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 503 /);
  expect(await ask(port, 'GET / HTTP/1.1\r\nHost: alpha.evil.example\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 /);
  await agent.stop();
});

test.each([
  ['of whom nobody answers for', '', '127.0.0.1', 'http'],
  ['behind a proxy of ours', '127.0.0.0/8', '203.0.113.7', 'https'],
])('an app is told who its visitor is by the gateway alone, %s', async (_whose, proxies, address, scheme) => {
  let seen: IncomingHttpHeaders = {};
  const app = createHttpServer((message, answer) => {
    seen = message.headers;
    answer.end('told');
  }).listen(join(folder, 'app.sock'));
  await once(app, 'listening');
  const agent = await startTestAgent(join(folder, 'agent.sock'), { routes: [{ host: 'alpha', appId: 'app-1', socket: join(folder, 'app.sock'), generation: 1, phase: 'running' }] });
  start({ FAPI_TRUSTED_PROXIES: proxies });
  const { port } = await readState();
  while (agent.applied.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const claims = ['X-Real-IP', 'x_real_ip', 'True-Client-IP', 'X-Client-IP', 'X-Cluster-Client-IP', 'CF-Connecting-IP', 'CF_Connecting_IP', 'CF-Connecting-IPv6', 'Fastly-Client-IP', 'Fly-Client-IP', 'X-Original-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Port', 'X_Forwarded_For', 'X-Forwarded-Prefix'].map((name) => `${name}: 6.6.6.6\r\n`).join('');
  const answer = await ask(port, `GET / HTTP/1.1\r\nHost: alpha.localhost\r\nForwarded: for=6.6.6.6;proto=https\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n${claims}X-Own: kept\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/told$/);
  const { 'x-request-id': _id, connection: _connection, ...told } = seen;
  expect(told).toEqual({ host: 'alpha.localhost', 'x-forwarded-for': address, 'x-real-ip': address, 'x-forwarded-proto': scheme, 'x-forwarded-host': 'alpha.localhost', 'x-own': 'kept' });
  await agent.stop();
  app.close();
});

test('a port in use is one sentence and exit code 2', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { ended, stderr } = start({ FAPI_GATEWAY_PORT: String(port) });
  expect(await ended).toBe(2);
  expect(stderr()).toBe(`The gateway cannot listen on 127.0.0.1:${port}: the port is in use (FAPI_GATEWAY_PORT).\n`);
  other.close();
});

test.each([
  [{ FAPI_GATEWAY_PORT: '99999' }, 'FAPI_GATEWAY_PORT is "99999": set it to a whole number from 0 to 65535.'],
  [{ FAPI_TRUSTED_PROXIES: '10.0.0.0/8, everybody' }, 'FAPI_TRUSTED_PROXIES holds "everybody": it must be addresses or networks such as 10.0.0.0/8, with commas between them.'],
  [{ FAPI_GATEWAY_PREVIEW_ORIGINS: "https://portal.example, 'self'" }, `FAPI_GATEWAY_PREVIEW_ORIGINS must be * or origins such as https://portal.example, with commas between them; "'self'" is none.`],
  [{ FAPI_GATEWAY_PREVIEW_ORIGINS: "https://portal;script-src'self'" }, `FAPI_GATEWAY_PREVIEW_ORIGINS must be * or origins such as https://portal.example, with commas between them; "https://portal;script-src'self'" is none.`],
  [{ FAPI_GATEWAY_ROUTES: 'dns' }, 'FAPI_GATEWAY_ROUTES must be agent or kubernetes.'],
  [{ FAPI_GATEWAY_ROUTES: 'kubernetes' }, 'FAPI_KUBECONFIG is not set, and this is no pod of a cluster: give it the path of a kubeconfig.'],
])('a wrong variable is one sentence that names it and exit code 2: %j', async (environment, sentence) => {
  const { ended, stderr } = start(environment as Record<string, string>);
  expect(await ended).toBe(2);
  expect(stderr()).toBe(`${sentence}\n`);
});

test('ends by itself when no agent could be reached for the set time', async () => {
  const { ended, stderr } = start({ FAPI_ORPHAN_SECONDS: '1' });
  expect(await ended).toBe(0);
  expect(stderr()).toContain('no agent could be reached');
});
