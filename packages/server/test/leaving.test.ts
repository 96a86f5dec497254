import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSystem, type System, until } from './parts/system.ts';

let system: System;
const stop = new AbortController();
const signals: AbortSignal[] = [];

beforeAll(async () => {
  system = await startSystem();
  // The runner of these tests, where they take for ever.
  void system.bus.calls.serve((call, signal) => {
    if (call.kind !== 'test' && call.kind !== 'convert') return Promise.resolve({ schema: 1, kind: 'refused', code: 'none', message: 'not played here' });
    signals.push(signal);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  }, stop.signal);
});
afterAll(async () => {
  stop.abort();
  await system.stop();
});

it.each(['test', 'convert'])('ends a %s whose caller has closed the connection', async (act) => {
  const { json: app } = await system.call('/v1/apps', { method: 'POST', body: { title: 'Slow', files: [{ path: 'main.py', content: 'app = 1\n' }] } });
  const { hostname, port } = new URL(system.server.url);
  const body = JSON.stringify({ draftVersion: 1 });
  const socket = connect(Number(port), hostname);
  socket.write(`POST /v1/apps/${app.id}/${act} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${system.server.operatorKey}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  const signal = (await until(() => signals.at(-1), (one) => one !== undefined))!;
  expect(signal.aborted).toBe(false);
  socket.destroy();
  await until(() => signal.aborted, (isOver) => isOver);
  signals.length = 0;
});
