import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSystem, type System, until } from './parts/system.ts';

let system: System;
let appId: string;
const sockets = new Set<Socket>();
beforeAll(async () => {
  system = await startSystem();
  appId = (await system.call('/v1/apps', { method: 'POST', body: { title: 'Bodies' } })).json.id;
});
afterEach(() => sockets.forEach((socket) => socket.destroy()));
afterAll(() => system?.stop());

/** Sends all of a large save but its last bytes, and waits with those. */
function beginSave(token: string): { answer(): string; finish(): void; socket: Socket } {
  const file = JSON.stringify({ files: [{ path: 'main.py', content: '# a\n' }] });
  const pad = Buffer.alloc(15_000_000, ' ');
  let text = '';
  const socket = connect(Number(new URL(system.server.url).port), '127.0.0.1');
  sockets.add(socket);
  socket.on('data', (chunk: Buffer) => { text += chunk.toString('latin1'); }).on('error', () => {}).on('close', () => sockets.delete(socket));
  socket.write(`PUT /v1/apps/${appId}/draft HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nIf-Match: "1"\r\nContent-Length: ${pad.length + file.length}\r\n\r\n`);
  socket.write(pad);
  return { answer: () => text, finish: () => void socket.write(file), socket };
}

describe('bodies that are on their way', { timeout: 60_000 }, () => {
  it('are kept up to a bound for each caller: more is 429 until they have come or gone, and nobody else is held up', async () => {
    const [first, sameCaller, other] = await Promise.all([system.mint({ subject: 'ada' }), system.mint({ subject: 'ada' }), system.mint({ subject: 'bob' })]);
    const saves = [first, first, sameCaller, first, sameCaller].map(beginSave);
    const refused = (): typeof saves => saves.filter(({ answer }) => answer() !== '');
    await until(refused, ({ length }) => length >= 2, 30_000);
    for (const { answer } of refused()) {
      expect(answer()).toMatch(/^HTTP\/1\.1 429 /);
      expect(answer()).toMatch(/retry-after: \d/i);
      expect(answer()).toContain('"code":"rate_limited"');
    }
    expect(refused()).toHaveLength(2);
    expect((await system.call(`/v1/apps/${appId}/draft`, { token: other })).status).toBe(200);
    const theirs = beginSave(other);
    theirs.finish();
    await until(theirs.answer, (text) => text.startsWith('HTTP/1.1 200 '), 30_000);

    for (const { socket } of saves) socket.destroy();
    // The same files are no change, so that it is version 2 for both.
    await until(() => {
      const again = beginSave(first);
      again.finish();
      return until(again.answer, (text) => text !== '', 30_000);
    }, (text) => text.startsWith('HTTP/1.1 409 '), 30_000);
  });

  it('that break off are their sender\'s own affair: no line of the log is about the database, or an error', async () => {
    const token = await system.mint({ subject: 'eve' });
    const before = system.logs.length;
    const save = beginSave(token);
    await until(() => !save.socket.connecting && save.socket.writableLength === 0, Boolean, 30_000);
    save.socket.destroy();
    const lines = await until(() => system.logs.slice(before), (some) => some.some((line) => line['msg'] === 'request' && line['method'] === 'PUT'), 30_000);
    expect(lines.filter((line) => line['level'] >= 40)).toEqual([]);
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'request', method: 'PUT', status: 400 }));
  });
});
