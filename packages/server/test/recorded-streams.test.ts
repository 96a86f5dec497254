import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogLine } from '@fapi/sdk/contract';
import { startPostgres } from '../../../tools/parts/postgres.ts';
import { databases, startSystemOn } from './parts/databases.ts';
import { readKept } from './parts/read-stream.ts';
import { startSystem, type System, until } from './parts/system.ts';

describe.each(databases)('what a runner streams, on %s', (kind) => {
  let system: System;
  beforeAll(async () => {
    system = await startSystemOn(kind);
  });
  afterAll(() => system?.stop());

  const create = async () => (await system.call('/v1/apps', { method: 'POST', body: { title: 'App' } })).json;

  describe('logs', () => {
    const line = (seq: number, text = `line ${seq}`): LogLine => ({ seq, at: new Date(0).toISOString(), stream: 'stdout', generation: 1, text });
    const send = (appId: string, lines: ReturnType<typeof line>[], dropped = 0) => system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId, lines, dropped } });
    const linesOf = async (appId: string) => (await readKept(system, appId, 'logs')).flatMap((event) => event.lines);

    it('are kept once each, in order, with what was dropped', async () => {
      const app = await create();
      send(app.id, [line(1), line(2)]);
      send(app.id, [line(1), line(2)]);
      send(app.id, [line(2), line(3)], 4);
      await until(() => linesOf(app.id), (lines) => lines.length >= 3);
      expect((await linesOf(app.id)).map((found) => found.seq)).toEqual([1, 2, 3]);
      expect((await readKept(system, app.id, 'logs')).reduce((sum, event) => sum + event.dropped, 0)).toBe(4);
    });

    it('are kept once each also where a later batch came first, or another agent has an earlier clock', async () => {
      const app = await create();
      const seqs = async () => (await linesOf(app.id)).map((found) => found.seq).toSorted((a, b) => a - b);
      send(app.id, [line(11), line(12)]);
      send(app.id, [line(1), line(2)]);
      // Half of it is there.
      send(app.id, [line(2), line(3), line(12), line(13)]);
      for (let round = 0; round < 2; round += 1) for (let seq = 100; seq < 220; seq += 1) send(app.id, [line(seq)]);
      send(app.id, [line(1), line(100)]);
      send(app.id, [line(999)]);
      await until(seqs, (found) => found.at(-1) === 999);
      expect(await seqs()).toEqual([1, 2, 3, 11, 12, 13, ...Array.from({ length: 120 }, (_, index) => 100 + index), 999]);
    });

    it('that retention has deleted do not come back when they are heard again, and one that comes late among those that are kept is kept too', { timeout: 60_000 }, async () => {
      const app = await create();
      const printed = Array.from({ length: 640 }, (_, index) => 1_000 + 10 * index);
      for (const seq of printed) send(app.id, [line(seq)]);
      const seqs = async (): Promise<number[]> => (await system.call(`/v1/apps/${app.id}/logs?limit=2000`)).json.lines.map((found: { seq: number }) => found.seq);
      const kept = printed.slice(-500);
      await until(seqs, (found) => found.at(-1) === printed.at(-1) && found.length === kept.length, 30_000);
      // As an agent does for a controller that starts.
      send(app.id, printed.map((seq) => line(seq)));
      send(app.id, [line(6_005)]);
      send(app.id, [line(9_000)]);
      const found = await until(seqs, (all) => all.includes(9_000), 10_000);
      expect(found.filter((seq) => printed.includes(seq))).toEqual(kept.slice(-found.length + 2));
      expect(found).toContain(6_005);
      expect(found, 'read in the order in which they were printed').toEqual(found.toSorted((a, b) => a - b));
    });

    it('are read from the end: the newest lines, oldest first, as many as are asked for and as few as are not too long', async () => {
      const app = await create();
      expect((await system.call(`/v1/apps/${app.id}/logs`)).json).toEqual({ lines: [] });
      for (let seq = 1; seq <= 130; seq += 2) send(app.id, [line(seq), line(seq + 1)]);
      const seqs = async (query: string): Promise<number[]> => (await system.call(`/v1/apps/${app.id}/logs${query}`)).json.lines.map((found: { seq: number }) => found.seq);
      const all = Array.from({ length: 130 }, (_, index) => index + 1);
      await until(() => seqs(''), (found) => found.length === all.length);
      expect([await seqs(''), await seqs('?limit=3'), await seqs('?limit=101')]).toEqual([all, all.slice(-3), all.slice(-101)]);
      for (const seq of [201, 202, 203]) send(app.id, [line(seq, 'x'.repeat(900_000))]);
      await until(() => seqs(''), (found) => found.at(-1) === 203);
      expect(await seqs('')).toEqual([202, 203]);
      for (const limit of ['0', '2001', 'x', '1.5']) expect((await system.call(`/v1/apps/${app.id}/logs?limit=${limit}`)).json).toMatchObject({ status: 400, code: 'invalid_request' });
      expect((await system.call('/v1/apps/app_none/logs')).json).toMatchObject({ status: 404, code: 'app_not_found' });
    });

    it('are read of one deployment, and from a level on: a traceback whole or not at all', async () => {
      const app = await create();
      const error = ['Traceback (most recent call last):', '  File "main.py", line 1, in f', '    1 / 0', 'ZeroDivisionError: division by zero'];
      for (const generation of [1, 2]) for (let batch = 0; batch < 60; batch += 1) send(app.id, [{ ...line(generation * 1_000 + batch), generation }]);
      send(app.id, error.map((text, index) => ({ ...line(3_000 + index, text), stream: 'stderr', generation: 1 })));
      send(app.id, [{ ...line(4_000, 'WARNING: slow'), generation: 2 }]);
      const seqs = async (query: string): Promise<number[]> => (await system.call(`/v1/apps/${app.id}/logs${query}`)).json.lines.map((found: { seq: number }) => found.seq);
      await until(() => seqs(''), (found) => found.at(-1) === 4_000);
      expect([await seqs('?generation=1&limit=5'), await seqs('?level=error'), await seqs('?level=warning&generation=2'), await seqs('?level=error&limit=2'), await seqs('?generation=9'), (await seqs('?level=info')).length]).toEqual([[1_059, 3_000, 3_001, 3_002, 3_003], [3_000, 3_001, 3_002, 3_003], [4_000], [3_002, 3_003], [], 125]);
      for (const query of ['?level=loud', '?generation=x', '?generation=-1']) expect((await system.call(`/v1/apps/${app.id}/logs${query}`)).json).toMatchObject({ status: 400, code: 'invalid_request' });
    });

    it.each([['a NUL', 'a\u0000b'], ['half a surrogate pair', 'a\uD800b'], ['control characters', '\u0007\u001B[31mred']])('survive %s in what an app prints', async (_, text) => {
      const app = await create();
      send(app.id, [line(1, 'before'), line(2, text), line(3, 'after')]);
      const lines = await until(() => linesOf(app.id), (found) => found.length === 3, 3_000);
      expect(lines[0].text).toBe('before');
      expect(lines[1].text).toContain('b'.slice(0, text.includes('b') ? 1 : 0));
    });

    it('of an app that nobody knows are dropped without harm', async () => {
      send('app_unknown', [line(1)]);
      const app = await create();
      send(app.id, [line(1)]);
      await until(() => linesOf(app.id), (lines) => lines.length === 1);
    });
  });

  describe('metrics', () => {
    const totals = (requests: number) => ({ requests, status2xx: requests, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: requests * 10 });
    const sample = (appId: string, epoch: string, requests: number) => system.bus.streams.publish({ kind: 'metrics', value: { schema: 1, appId, epoch, at: new Date().toISOString(), totals: totals(requests) } });

    it('are the sum over agents of the highest of each, whatever comes late or twice', async () => {
      const app = await create();
      expect((await system.call(`/v1/apps/${app.id}/metrics`)).json).toMatchObject({ requests: 0, inFlight: 0 });
      for (const [epoch, requests] of [['a', 5], ['a', 7], ['a', 6], ['b', 3], ['a', 7], ['b', 2]] as const) sample(app.id, epoch, requests);
      await until(() => system.call(`/v1/apps/${app.id}/metrics`), (answer) => answer.json.requests === 10);
      sample(app.id, 'b', 4);
      expect((await until(() => system.call(`/v1/apps/${app.id}/metrics`), (answer) => answer.json.requests === 11)).json).toMatchObject({ status2xx: 11, bytesOut: 110 });
    });
  });
});

/** A network to Postgres that loses one answer: the one to the commit of what `mark` was written in. */
async function loseCommit(databaseUrl: string, mark: string): Promise<{ url: string; wasLost(): boolean; stop(): void }> {
  let wasLost = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(new URL(databaseUrl).port), '127.0.0.1');
    let [isMarked, isCommitting] = [false, false];
    for (const [socket, other] of [[near, far], [far, near]] as const) sockets.add(socket.on('error', () => undefined).on('close', () => void other.destroy()));
    near.on('data', (piece) => {
      isMarked ||= !wasLost && piece.includes(mark);
      isCommitting = isMarked && piece.includes('commit');
      far.write(piece);
    });
    far.on('data', (piece) => {
      if (!isCommitting || wasLost) return void near.write(piece);
      wasLost = true;
      near.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, wasLost: () => wasLost, stop() {
    server.close();
    for (const socket of sockets) socket.destroy();
  } };
}

it('lines that are there are not told as dropped, also when the answer to their commit was lost', async ({ onTestFinished }) => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  const network = await loseCommit(await postgres.createDatabase(), 'cut off');
  onTestFinished(() => network.stop());
  const system = await startSystem({ FAPI_DATABASE_URL: network.url });
  onTestFinished(() => system.stop());
  const app = (await system.call('/v1/apps', { method: 'POST', body: { title: 'App' } })).json;
  const send = (dropped: number, ...lines: [number, string][]) => system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId: app.id, dropped, lines: lines.map(([seq, text]) => ({ seq, at: new Date(0).toISOString(), stream: 'stdout', generation: 1, text })) } });
  send(2, [1, 'one'], [2, 'cut off'], [3, 'three']);
  await until(() => system.logs, (logs) => logs.some(({ msg }) => msg === 'log could not be recorded'));
  expect(network.wasLost()).toBe(true);
  send(0, [4, 'four']);
  const events = await until(() => readKept(system, app.id, 'logs'), (found) => found.flatMap(({ lines }) => lines).length === 4);
  expect(events.map(({ lines, dropped }) => [lines.map(({ seq }: LogLine) => seq), dropped])).toEqual([[[1, 2, 3], 2], [[4], 0]]);
}, 40_000);
