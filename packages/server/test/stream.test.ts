import { connect } from 'node:net';
import { StreamEvent } from '@fapi/sdk/contract';
import { createMemoryBus } from '@fapi/runner-controller/work';
import * as z from 'zod/mini';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { readStream } from './parts/read-stream.ts';
import { makeStatus, startSystem, type System, until } from './parts/system.ts';

const create = async (system: System, title = 'App'): Promise<{ id: string }> => (await system.call('/v1/apps', { method: 'POST', body: { title } })).json;
const line = (seq: number, text = `line ${seq}`) => ({ seq, at: new Date(0).toISOString(), stream: 'stdout' as const, generation: 1, text });
const log = (system: System, appId: string, seq: number, text?: string): void => system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId, lines: [line(seq, text)], dropped: 0 } });
const durable = (events: any[]): any[] => events.filter((event) => ['app', 'app_deleted', 'deployment', 'log'].includes(event.type));
const isReady = (events: any[]): boolean => events.some((event) => event.type === 'ready');

/** Resolves when the line is kept, as a client sees it that comes back after each cut. */
async function storedUpTo(system: System, appId: string, seq: number): Promise<void> {
  let lastEventId = '0';
  await until(async () => {
    const reader = readStream(system, `apps=${appId}&topics=logs`, { lastEventId });
    await until(() => reader.events, isReady);
    await until(() => reader.events.length, (length) => length > 1, 500).catch(() => undefined);
    await reader.stop();
    lastEventId = durable(reader.events).at(-1)?.id ?? lastEventId;
    return reader.events.at(-1)?.lines?.at(-1)?.seq as number | undefined;
  }, (found) => found === seq, 20_000);
}

describe('the stream', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system?.stop());

  it('is one of server-sent events that nothing on the way may keep or change', async () => {
    const reader = readStream(system, '');
    const { status, headers } = await reader.opened;
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(headers.get('cache-control')).toMatch(/no-store|no-cache/);
    expect(headers.get('cache-control')).toContain('no-transform');
    await reader.stop();
  });

  it('is refused to whoever has a hundred open, until one of them has ended, and to nobody else', async () => {
    const [token, other] = [await system.mint({}), await system.mint({})];
    const readers = Array.from({ length: 100 }, () => readStream(system, '', { token }));
    for (const reader of readers) expect((await reader.opened).status).toBe(200);
    const refused = await system.call('/v1/events', { token });
    expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([429, 'rate_limited', '5']);
    const free = readStream(system, '', { token: other });
    expect((await free.opened).status).toBe(200);
    await readers.pop()!.stop();
    await until(async () => {
      const reader = readStream(system, '', { token });
      const { status } = await reader.opened;
      await reader.stop();
      return status;
    }, (status) => status === 200);
    for (const reader of [free, ...readers]) await reader.stop();
  });

  it('starts with ready and its id, then carries what happens, each as the contract says and with the id of its row', async () => {
    const reader = readStream(system, '');
    await until(() => reader.events, isReady);
    expect(reader.events[0].type).toBe('ready');
    const app = await create(system);
    const made = (await system.call(`/v1/apps/${app.id}/deployments`, { method: 'POST', body: { draftVersion: 1 } })).json;
    log(system, app.id, 1);
    await until(() => reader.events, (events) => ['app', 'deployment', 'log'].every((type) => events.some((event) => event.type === type && event.appId === app.id)));
    await system.call(`/v1/apps/${app.id}`, { method: 'DELETE' });
    await until(() => reader.events, (events) => events.some((event) => event.type === 'app_deleted' && event.appId === app.id));
    for (const event of reader.events) expect(z.safeParse(StreamEvent, event).error).toBeUndefined();
    const ids = reader.blocks.filter(({ data }) => data.type !== 'ready' && 'id' in data).map(({ id, data }) => [id, data.id]);
    for (const [id, own] of ids) expect(id).toBe(own);
    expect(ids.map(([id]) => Number(id))).toEqual(ids.map(([id]) => Number(id)).toSorted((a, b) => a - b));
    expect(reader.events.find((event) => event.type === 'deployment')).toMatchObject({ deployment: { id: made.id, status: 'queued' } });
    await reader.stop();
  });

  it('tells the end of a deployment whose app is deleted, so that who follows it comes to an end', async () => {
    const app = await create(system);
    const made = (await system.call(`/v1/apps/${app.id}/deployments`, { method: 'POST', body: { draftVersion: 1 } })).json;
    const reader = readStream(system, `apps=${app.id}&topics=deployments`);
    await until(() => reader.events, isReady);
    await system.call(`/v1/apps/${app.id}`, { method: 'DELETE' });
    await until(() => reader.events, (events) => events.some((event) => event.deployment?.id === made.id && event.deployment.endedAt !== undefined), 3_000).finally(() => reader.stop());
  });

  it('replays all that is kept after 0, and nothing that was before without a cursor', async () => {
    const app = await create(system);
    log(system, app.id, 1);
    const all = readStream(system, `apps=${app.id}&since=0`);
    await until(() => all.events, (events) => durable(events).some((event) => event.type === 'log'));
    expect(durable(all.events)[0]).toMatchObject({ type: 'app', appId: app.id });
    const present = readStream(system, `apps=${app.id}`);
    await until(() => present.events, isReady);
    log(system, app.id, 2);
    await until(() => present.events, (events) => durable(events).length > 0);
    expect(durable(present.events)).toMatchObject([{ type: 'log', lines: [{ seq: 2 }] }]);
    await Promise.all([all.stop(), present.stop()]);
  });

  it('carries the topics and apps that were asked for, and no others', async () => {
    const [one, two] = [await create(system), await create(system)];
    const reader = readStream(system, `apps=${one.id}&topics=logs`);
    await until(() => reader.events, isReady);
    log(system, two.id, 1);
    await system.call(`/v1/apps/${one.id}/deployments`, { method: 'POST', body: { draftVersion: 1 } });
    log(system, one.id, 1);
    await until(() => reader.events, (events) => durable(events).length > 0);
    expect(durable(reader.events)).toMatchObject([{ type: 'log', appId: one.id }]);
    await reader.stop();
  });

  it.each(['apps', 'topics'])('is refused with an empty list of %s: it is not all of them', async (name) => {
    const { status, json } = await system.call(`/v1/events?${name}=`);
    expect([status, json]).toMatchObject([400, { code: 'invalid_request', detail: expect.stringContaining(`query.${name} is empty`) }]);
  });

  it('carries no app that is not on the token\'s list, and no topic without its scope', async () => {
    const [mine, other] = [await create(system), await create(system)];
    const token = await system.mint({ apps: [mine.id], scopes: ['logs:read', 'apps:read'] });
    const reader = readStream(system, '', { token });
    await until(() => reader.events, isReady);
    log(system, other.id, 1);
    await system.call(`/v1/apps/${mine.id}/deployments`, { method: 'POST', body: { draftVersion: 1 } });
    log(system, mine.id, 1);
    await until(() => reader.events, (events) => events.some((event) => event.type === 'log'));
    expect(new Set(durable(reader.events).map((event) => event.appId))).toEqual(new Set([mine.id]));
    expect(reader.events.some((event) => event.type === 'deployment')).toBe(false);
    await reader.stop();
    expect((await system.call(`/v1/events?apps=${other.id}`, { token })).json).toMatchObject({ status: 404, code: 'app_not_found' });
    expect((await system.call('/v1/events?topics=deployments', { token })).json).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('carries the app that a limited token has just made', async () => {
    const token = await system.mint({ apps: [] });
    const reader = readStream(system, '', { token });
    await until(() => reader.events, isReady);
    const made = (await system.call('/v1/apps', { method: 'POST', token, body: { title: 'Mine' } })).json;
    await until(() => reader.events, (events) => events.some((event) => event.appId === made.id), 3_000).finally(() => reader.stop());
  });

  it.each([['when an app is named', true], ['when none is named', false]])('carries metrics without an id, at the start and when they change, %s', async (_, isNamed) => {
    const app = await create(system);
    const sample = (requests: number): void => system.bus.streams.publish({ kind: 'metrics', value: { schema: 1, appId: app.id, epoch: 'a', at: new Date().toISOString(), totals: { requests, status2xx: requests, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 0 } } });
    const reader = readStream(system, `${isNamed ? `apps=${app.id}&` : ''}topics=metrics`);
    await until(() => reader.events, isReady);
    sample(3);
    try {
      await until(() => reader.events, (events) => events.some((event) => event.type === 'metrics' && event.appId === app.id && event.metrics.requests === 3), 3_000);
      expect(reader.blocks.filter(({ data }) => data.type === 'metrics').every(({ id, data }) => id === undefined && !('id' in data))).toBe(true);
    } finally {
      await reader.stop();
    }
  });

  it('carries changing metrics at most about once a second', async () => {
    const app = await create(system);
    const reader = readStream(system, `apps=${app.id}&topics=metrics`);
    await until(() => reader.events, isReady);
    const startedAt = performance.now();
    for (let requests = 1; requests <= 40; requests++) {
      system.bus.streams.publish({ kind: 'metrics', value: { schema: 1, appId: app.id, epoch: 'a', at: new Date().toISOString(), totals: { requests, status2xx: requests, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 0 } } });
      await until(() => system.call(`/v1/apps/${app.id}/metrics`), (answer) => answer.json.requests >= requests);
    }
    await until(() => reader.events, (events) => events.some((event) => event.metrics?.requests === 40));
    const seconds = (performance.now() - startedAt) / 1_000;
    await reader.stop();
    expect(reader.events.filter((event) => event.type === 'metrics').length).toBeLessThanOrEqual(Math.ceil(seconds) + 2);
  });

  it('says reset for an id that this database never gave', async () => {
    const reader = readStream(system, '', { lastEventId: '99999999999' });
    await until(() => reader.events, (events) => isReady(events) && events.some((event) => event.type === 'reset'));
    await reader.stop();
  });

  it('warns before the token ends, and ends with it', async () => {
    const token = await system.mint({ ttlSeconds: 60 });
    const reader = readStream(system, '', { token });
    await until(() => reader.events, isReady);
    system.advance(52_000);
    expect(await until(() => reader.events.find((event) => event.type === 'expiring'), (event) => event !== undefined)).toMatchObject({ type: 'expiring' });
    system.advance(9_000);
    await reader.ended;
    expect((await system.call('/v1/session', { token })).json.code).toBe('token_expired');
  });

  it('keeps a reader that reads, however much is replayed to it', async () => {
    const app = await create(system);
    for (let seq = 1; seq <= 60; seq++) log(system, app.id, seq, 'x'.repeat(100_000));
    await storedUpTo(system, app.id, 60);
    const reader = readStream(system, `apps=${app.id}&topics=logs&since=0`);
    await until(() => reader.events, (events) => events.some((event) => event.lines?.at(-1)?.seq === 60));
    log(system, app.id, 61);
    await until(() => reader.events.at(-1), (event) => event.lines?.at(-1)?.seq === 61, 3_000).finally(() => reader.stop());
  }, 45_000);

  it('lets a reader go that does not read', async () => {
    const app = await create(system);
    const socket = connect(Number(new URL(system.server.url).port), '127.0.0.1');
    socket.pause();
    socket.on('error', () => undefined);
    socket.write(`GET /v1/events?apps=${app.id}&topics=logs&since=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${system.server.operatorKey}\r\n\r\n`);
    const isLetGo = (): boolean => system.logs.some((entry) => entry['msg'] === 'a stream was ended: its reader does not read');
    const [flood, last] = [120, 121];
    for (let seq = 1; seq <= flood; seq++) log(system, app.id, seq, 'x'.repeat(100_000));
    await storedUpTo(system, app.id, flood);
    log(system, app.id, last);
    await storedUpTo(system, app.id, last);
    await until(isLetGo, (isGone) => isGone, 20_000);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text = (text + chunk.toString('latin1')).slice(-1_000)));
    socket.resume();
    await until(() => socket.readableEnded || socket.destroyed || text.includes(`"seq":${last},`), (isDone) => isDone, 30_000).finally(() => socket.destroy());
    expect(text).not.toContain(`"seq":${last},`);
  }, 60_000);

  it('closes at once when the server stops, with readers on it', async () => {
    const own = await startSystem();
    const readers = [readStream(own, ''), readStream(own, '')];
    for (const reader of readers) await until(() => reader.events, isReady);
    const startedAt = performance.now();
    await own.stop();
    await Promise.all(readers.map((reader) => reader.ended));
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });
});

describe('a reader with a cursor', () => {
  it('misses nothing and sees nothing twice over a restart of the server on the same data, with the same ids', async () => {
    const system = await startSystem();
    const app = await create(system);
    const first = readStream(system, `apps=${app.id}&since=0`);
    for (let seq = 1; seq <= 5; seq++) log(system, app.id, seq);
    await until(() => first.events, (events) => events.some((event) => event.lines?.at(-1)?.seq === 5));
    await first.stop();
    const seen = durable(first.events);
    const cut = seen[2].id as string;
    await system.restart(createMemoryBus());
    const whole = readStream(system, `apps=${app.id}&since=0`);
    const resumed = readStream(system, `apps=${app.id}`, { lastEventId: cut });
    log(system, app.id, 5);
    log(system, app.id, 6);
    for (const reader of [whole, resumed]) await until(() => reader.events, (events) => events.some((event) => event.lines?.at(-1)?.seq === 6));
    expect(durable(whole.events).slice(0, seen.length)).toEqual(seen);
    expect(durable(resumed.events)).toEqual(durable(whole.events).filter((event) => Number(event.id) > Number(cut)));
    expect(resumed.events.some((event) => event.type === 'reset')).toBe(false);
    expect(durable(whole.events).flatMap((event) => event.lines ?? []).map((found) => found.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    await Promise.all([whole.stop(), resumed.stop()]);
    await system.stop();
  });

  it('is told reset when the past after it is gone, and keeps on; 0 is never told so', async () => {
    const system = await startSystem();
    const app = await create(system);
    const cursor = String((await until(async () => {
      const reader = readStream(system, `apps=${app.id}&since=0`);
      await until(() => reader.events, isReady);
      await until(() => reader.events, (events) => durable(events).length > 0);
      await reader.stop();
      return Number(durable(reader.events)[0].id);
    }, (id) => id > 0)));
    // In waves: the bus keeps a bounded number of batches that nobody has taken yet.
    for (let from = 1; from <= 1_200; from += 150) {
      for (let seq = from; seq < from + 150; seq++) log(system, app.id, seq);
      await storedUpTo(system, app.id, from + 149);
    }
    const isReset = async (): Promise<boolean> => {
      const reader = readStream(system, `apps=${app.id}&topics=logs`, { lastEventId: cursor });
      await until(() => reader.events, isReady);
      await reader.stop();
      return reader.events.some((event) => event.type === 'reset');
    };
    await until(isReset, (found) => found, 15_000);
    const fromStart = readStream(system, `apps=${app.id}&topics=logs&since=0`);
    await until(() => fromStart.events, (events) => events.some((event) => event.lines?.at(-1)?.seq === 1_200), 15_000);
    expect(fromStart.events.some((event) => event.type === 'reset')).toBe(false);
    expect(durable(fromStart.events).length).toBeLessThan(1_200);
    await fromStart.stop();
    await system.stop();
  }, 45_000);
});

describe('two servers on one Postgres', () => {
  let postgres: PostgresServer;
  let systems: System[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
    const url = await postgres.createDatabase();
    const environment = { FAPI_DATABASE_URL: url, FAPI_OPERATOR_KEY: 'key-of-both-servers-1', FAPI_ENVIRONMENT_KEY: 'key-of-both-servers-1' };
    systems = [await startSystem(environment), await startSystem(environment)];
  });
  afterAll(async () => {
    for (const system of systems) await system.stop();
    await postgres?.stop();
  });

  it('show each other\'s events, each once, in the order of their ids, however they interleave', async () => {
    const readers = systems.map((system) => readStream(system, 'topics=apps'));
    for (const reader of readers) await until(() => reader.events, isReady);
    await Promise.all(Array.from({ length: 60 }, (_, n) => create(systems[n % 2]!, `App ${n}`)));
    for (const reader of readers) await until(() => reader.events, (events) => durable(events).length >= 60);
    const replay = readStream(systems[0]!, 'topics=apps&since=0');
    await until(() => replay.events, (events) => durable(events).length >= 60);
    const expected = durable(replay.events).map((event) => event.id);
    for (const reader of readers) expect(durable(reader.events).map((event) => event.id)).toEqual(expected);
    for (const reader of [...readers, replay]) await reader.stop();
  });

  it('record what one controller says on either bus once', async () => {
    const app = await create(systems[0]!);
    const made = (await systems[1]!.call(`/v1/apps/${app.id}/deployments`, { method: 'POST', body: { draftVersion: 1 } })).json;
    await Promise.all(systems.map((system) => system.bus.statuses.publish(makeStatus(app.id, 1, 'live', 'live'))));
    await until(() => systems[0]!.call(`/v1/apps/${app.id}/deployments/${made.id}`), (answer) => answer.json.status === 'live');
    const reader = readStream(systems[1]!, `apps=${app.id}&topics=deployments&since=0`);
    await until(() => reader.events, (events) => events.some((event) => event.deployment?.status === 'live'));
    await reader.stop();
    expect(reader.events.filter((event) => event.deployment?.status === 'live')).toHaveLength(1);
  });
});
