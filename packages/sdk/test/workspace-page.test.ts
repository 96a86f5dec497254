import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type AppSnapshot, createWorkspace } from '@fapi/sdk/workspace';
import { startSystem, type System, until } from '../../server/test/parts/system.ts';
import { openDesk, textOf } from './desk.ts';
import { makeApp, makeDraft } from './made.ts';
import { client, spin, stage } from './on-stage.ts';
import { begin, ready, say } from './reader.ts';
import { answer, refuse } from './serve.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());
afterEach(() => vi.useRealTimers());
const log = (appId: string, seq: number): void =>
  system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId, lines: [{ seq, at: new Date(0).toISOString(), stream: 'stdout', generation: 1, text: `line ${seq}` }], dropped: 0 } });

describe('a subscription', () => {
  it('is told once of what changed together, with a new snapshot each time, until it ends', async () => {
    const { store } = await openDesk(system);
    const seen: AppSnapshot[] = [];
    const before = store.snapshot;
    const unsubscribe = store.subscribe((snapshot) => seen.push(snapshot));
    store.edit('main.py', 'a = 2\n');
    store.edit('main.py', 'a = 3\n');
    store.addFile('new.py');
    expect(seen).toEqual([]);
    await Promise.resolve();
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBe(store.snapshot);
    expect(seen[0]).not.toBe(before);
    expect(textOf(before)).toBe('a = 1\n');
    unsubscribe();
    store.edit('main.py', 'a = 4\n');
    await Promise.resolve();
    expect(seen).toHaveLength(1);
  });

  it('is told though another listener throws, whose error is told to the page', async () => {
    const { store } = await openDesk(system);
    const thrown = vi.fn();
    process.once('uncaughtException', thrown);
    const seen: string[] = [];
    const leave = store.subscribe(() => {
      leave();
      throw new Error('of the page');
    });
    store.subscribe((snapshot) => seen.push(textOf(snapshot)!));
    store.edit('main.py', 'a = 2\n');
    await until(() => thrown.mock.calls.length, (calls) => calls > 0);
    expect(seen[0]).toBe('a = 2\n');
  });

  it('is not told of an edit that changes nothing', async () => {
    const { store } = await openDesk(system);
    const before = store.snapshot;
    store.edit('main.py', 'a = 1\n');
    store.addFile('main.py', 'other');
    store.removeFile('none.py');
    store.renameFile('none.py', 'x.py');
    expect(store.snapshot).toBe(before);
  });
});

describe('a page', () => {
  it('shares one store per app and one stream for all apps', async () => {
    const { workspace, store, app, other, gate, see } = await openDesk(system);
    const again = workspace.acquire(app.id);
    expect(again.store).toBe(store);
    const second = await other.apps.create({ title: 'Second' });
    const beside = workspace.acquire(second.id);
    onTestFinished(() => [again, beside].forEach(({ release }) => release()));
    await until(() => beside.store.snapshot, ({ load, connection }) => load === 'ready' && connection === 'live');
    // The first stream ends when the second app comes; from then on one carries both.
    expect(gate.calls.filter((call) => call === 'GET /v1/events')).toHaveLength(2);
    log(app.id, 1);
    log(second.id, 1);
    await see(({ logs }) => logs.length === 1);
    await until(() => beside.store.snapshot.logs, (logs) => logs.length === 1);
  });

  it('shows what an app has printed before the page came, and goes on with what it prints', async () => {
    const { app, page, see } = await openDesk(system);
    for (const seq of [1, 2]) log(app.id, seq);
    await see(({ logs }) => logs.length === 2);
    const later = createWorkspace(page).acquire(app.id);
    onTestFinished(later.release);
    await until(() => later.store.snapshot, ({ logs }) => logs.length === 2);
    log(app.id, 3);
    expect((await until(() => later.store.snapshot.logs, (logs) => logs.length === 3)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('loses and repeats no line of a log when an app comes or goes', async () => {
    const { workspace, app, other, see } = await openDesk(system);
    let seq = 0;
    for (let round = 0; round < 3; round++) {
      const beside = workspace.acquire((await other.apps.create({ title: 'Beside' })).id);
      for (let line = 0; line < 20; line++) {
        log(app.id, (seq += 1));
        await new Promise((resolve) => setImmediate(resolve));
      }
      beside.release();
    }
    const { logs } = await see((snapshot) => snapshot.logs.at(-1)?.seq === seq);
    expect(logs.map((line) => line.seq)).toEqual(Array.from({ length: seq }, (_, index) => index + 1));
  });

  it('sees what happened while its connection was away', async () => {
    const { store, app, other, gate, see } = await openDesk(system);
    store.edit('b.py', 'b = 2\n');
    const held = gate.hold(/GET .*events/);
    gate.cut();
    await held.arrived;
    expect(store.snapshot.connection).toBe('reconnecting');
    const deployment = await other.deployments.create(app.id, { draftVersion: 1 });
    log(app.id, 1);
    held.release();
    await see((snapshot) => snapshot.connection === 'live' && snapshot.deployment?.id === deployment.id && snapshot.logs.length === 1);
    expect(textOf(store.snapshot, 'b.py')).toBe('b = 2\n');
  });

  it('does not go back to an older state by an answer that comes late', async () => {
    const { app, store, page, other, gate, see } = await openDesk(system);
    // What is read at the beginning and when the stream opens is over.
    await until(() => gate.calls.filter((call) => call === `GET /v1/apps/${app.id}`).length, (count) => count === 2);
    await page.apps.read(app.id);
    await page.apps.read(app.id);
    const late = gate.holdAnswer(/GET \/v1\/apps\/[^/]+$/);
    gate.cut();
    await late.arrived;
    await other.deployments.create(app.id, { draftVersion: 1 });
    await see(({ app: shown }) => shown?.latest !== undefined);
    late.release();
    // Two more round trips on the same way: the late answer has come by then.
    await page.apps.read(app.id);
    await page.apps.read(app.id);
    expect(store.snapshot.app!.latest).toMatchObject({ generation: 1 });
  });

  it('that was told for a moment that its app is gone has what was typed when it comes back', async () => {
    const { store, gate, see } = await openDesk(system);
    store.edit('main.py', 'typed = 1\n');
    gate.refuse(/GET \/v1\/apps\/[^/]+$/, 'app_not_found');
    gate.cut();
    await see(({ load, error }) => load === 'failed' && (error as { code?: string }).code === 'app_not_found');
    await store.reload();
    expect(store.snapshot).toMatchObject({ load: 'ready', save: 'idle', conflict: undefined, error: undefined });
    expect(textOf(store.snapshot)).toBe('typed = 1\n');
  });

  it('that was loaded over a bad connection is ready when that is better', async () => {
    const { app } = await openDesk(system);
    let isDown = true;
    const fapi = client({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0, fetch: (input, init) => (isDown ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init)) });
    const { store, release } = createWorkspace(fapi).acquire(app.id);
    onTestFinished(release);
    await until(() => store.snapshot, ({ load, error }) => load === 'failed' && (error as Error).name === 'ConnectionError');
    isDown = false;
    await until(() => store.snapshot, ({ load, connection }) => load === 'ready' && connection === 'live');
    expect(store.snapshot.error).toBeUndefined();
  });

  it('that is loaded again by hand has what was printed before too, its stream being there all the time', async () => {
    const { app, page, gate, see } = await openDesk(system);
    for (const seq of [1, 2]) log(app.id, seq);
    await see(({ logs }) => logs.length === 2);
    const readings = (): number => gate.calls.filter((call) => call === `GET /v1/apps/${app.id}/draft`).length;
    const before = readings();
    // Its first reading and the one when its stream opens.
    for (let round = 0; round < 2; round++) gate.refuse(new RegExp(`GET /v1/apps/${app.id}/draft$`), 'forbidden');
    const { store, release } = createWorkspace(page).acquire(app.id);
    onTestFinished(release);
    await until(() => store.snapshot, ({ load, connection }) => load === 'failed' && connection === 'live');
    await until(readings, (count) => count === before + 2);
    // It waits for a reading that is under way.
    await store.reload();
    if (store.snapshot.load !== 'ready') await store.reload();
    await until(() => store.snapshot, ({ load, logs }) => load === 'ready' && logs.length === 2);
  });

  it('whose app is deleted says so, keeps what was typed, and takes no late answer and no refusal for another state', async () => {
    const { app, store, page, other, gate, see } = await openDesk(system);
    store.edit('main.py', 'typed = 1\n');
    await until(() => gate.calls.filter((call) => call === `GET /v1/apps/${app.id}`).length, (count) => count === 2);
    await page.apps.list();
    const late = gate.holdAnswer(/GET \/v1\/apps\/[^/]+$/);
    gate.cut();
    await late.arrived;
    await other.apps.delete(app.id);
    await see(({ load }) => load === 'deleted');
    late.release();
    await page.apps.list();
    const streams = gate.calls.filter((call) => call === 'GET /v1/events').length;
    gate.cut();
    await until(() => gate.calls.filter((call) => call === 'GET /v1/events').length, (count) => count > streams);
    await page.apps.list();
    await page.apps.list();
    expect(store.snapshot).toMatchObject({ load: 'deleted', app: undefined, error: undefined });
    expect(textOf(store.snapshot)).toBe('typed = 1\n');
  });

  it('whose app is deleted and restored is ready again, with what was typed over what the draft has become', async () => {
    const { app, store, other, see } = await openDesk(system);
    for (const text of ['typed = 1\n', 'typed = 2\n']) {
      store.edit('main.py', text);
      await other.apps.delete(app.id);
      // It comes too late and fails, which is over when the app is there again.
      await store.save();
      await see(({ load }) => load === 'deleted');
      await other.apps.restore(app.id);
      await see(({ load, app: shown }) => load === 'ready' && shown !== undefined);
      expect(store.snapshot).toMatchObject({ error: undefined, save: 'idle' });
      expect([textOf(store.snapshot), ...store.snapshot.dirtyPaths]).toEqual([text, 'main.py']);
    }
    await store.save();
    await other.apps.delete(app.id);
    await see(({ load }) => load === 'deleted');
    await other.apps.restore(app.id);
    await other.drafts.patch(app.id, { version: store.snapshot.draftVersion, put: [{ path: 'b.py', content: 'theirs = 1\n' }] });
    await see((snapshot) => snapshot.load === 'ready' && textOf(snapshot, 'b.py') === 'theirs = 1\n');
    expect(textOf(store.snapshot)).toBe('typed = 2\n');
  });

  it('whose app is restored while it hears nothing has it when it is chosen again, and when it hears again', async () => {
    const { app, store, workspace, other, gate, see, release } = await openDesk(system);
    store.edit('main.py', 'typed = 1\n');
    await other.apps.delete(app.id);
    await see(({ load }) => load === 'deleted');
    const streams = (): number => gate.calls.filter((call) => call === 'GET /v1/events').length;
    const before = streams();
    gate.cut();
    await until(streams, (count) => count > before);
    await other.apps.restore(app.id);
    const again = workspace.acquire(app.id);
    onTestFinished(again.release);
    release();
    expect(again.store).toBe(store);
    await see(({ load }) => load === 'ready');
    expect(textOf(store.snapshot)).toBe('typed = 1\n');
    await see(({ connection }) => connection === 'live', 15_000);
  });

  it('whose app is gone asks after it less and less often, and soon where somebody has it again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let isGone = false;
    const { url, requests, cut } = await stage((response, { url: path }) => {
      if (isGone) return refuse(response, 'app_not_found');
      if (path === '/v1/apps/app_1') return answer(response, 200, makeApp());
      if (path.endsWith('/draft')) return answer(response, 200, makeDraft());
      if (!path.startsWith('/v1/events')) return refuse(response, 'forbidden');
      begin(response);
      say(response, ready(1));
    });
    let tries = 0;
    const asking: typeof fetch = (input, init) => {
      if (String(input).includes('/v1/events')) tries += 1;
      return fetch(input, init);
    };
    const { store, release } = createWorkspace(client({ baseUrl: url, fetch: asking }), { journal: false }).acquire('app_1');
    onTestFinished(release);
    await spin(() => store.snapshot.load === 'ready' && store.snapshot.connection === 'live');
    const reads = (): number => requests.filter(({ url: path }) => path === '/v1/apps/app_1').length;
    await spin(() => reads() === 2);
    /** How often in a minute; after each try the app has been read in vain before the clock goes on. */
    const triesInMinute = async (): Promise<number> => {
      const before = tries;
      for (let step = 0; step < 24; step++) {
        await vi.advanceTimersByTimeAsync(2_500);
        await spin(() => reads() === tries + 1);
      }
      return tries - before;
    };
    isGone = true;
    cut();
    await spin(() => store.snapshot.connection === 'reconnecting');
    const [early, , late] = [await triesInMinute(), await triesInMinute(), await triesInMinute()];
    expect(late).toBeGreaterThan(0);
    expect(late * 3).toBeLessThanOrEqual(early);
    expect(store.snapshot).toMatchObject({ load: 'failed', error: { code: 'app_not_found' } });
    isGone = false;
    await store.reload();
    expect(store.snapshot.load).toBe('ready');
    await vi.advanceTimersByTimeAsync(5_000);
    await spin(() => store.snapshot.connection === 'live');
  });

  it('misses nothing between its first reading and its stream', async () => {
    const { app, other, page, gate } = await openDesk(system);
    const [metrics, events] = [gate.hold(/GET .*metrics/), gate.hold(/GET .*events/)];
    const { store, release } = createWorkspace(page).acquire(app.id);
    onTestFinished(release);
    await Promise.all([metrics.arrived, events.arrived]);
    const deployment = await other.deployments.create(app.id, { draftVersion: 1 });
    events.release();
    await until(() => store.snapshot.connection, (connection) => connection === 'live');
    metrics.release();
    await until(() => store.snapshot.deployment?.id, (id) => id === deployment.id);
  });

  it('of an app that is not there says so, and its neighbour on the page is well', async () => {
    const { workspace, store, gate, app } = await openDesk(system);
    const gone = workspace.acquire('none');
    onTestFinished(() => gone.release());
    await until(() => gone.store.snapshot, ({ load, error }) => load === 'failed' && (error as { code?: string }).code === 'app_not_found');
    await until(() => gate.calls.filter((call) => call === 'GET /v1/events').length, (count) => count >= 3);
    log(app.id, 1);
    await until(() => store.snapshot, ({ logs, connection }) => logs.length === 1 && connection === 'live');
  });

  it('whose token may not see metrics is ready without them', async () => {
    const { app } = await openDesk(system);
    const token = await system.mint({ scopes: ['apps:read', 'drafts:read', 'deployments:read'] });
    const { store, release } = createWorkspace(client({ baseUrl: system.server.url, fetchToken: async () => ({ token, expiresInSeconds: 600 }) })).acquire(app.id);
    onTestFinished(release);
    await until(() => store.snapshot, ({ load, connection }) => load === 'ready' && connection === 'live');
    expect(store.snapshot).toMatchObject({ metrics: undefined, error: undefined });
  });

  it('without leave shows the refusal', async () => {
    const { url } = await stage((response) => refuse(response, 'forbidden'));
    const { store, release } = createWorkspace(client({ baseUrl: url })).acquire('app_1');
    onTestFinished(release);
    await until(() => store.snapshot, ({ load, error }) => load === 'failed' && (error as { code?: string }).code === 'forbidden');
  });
});

describe('a store that everybody has left', () => {
  it('lets a deploy that is on its way go on', async () => {
    const { app, store, other, gate, release } = await openDesk(system);
    const held = gate.hold(/POST .*deployments/);
    const click = store.deploy();
    await held.arrived;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    release();
    await vi.advanceTimersByTimeAsync(2_000);
    await spin(() => gate.streams === 0);
    vi.useRealTimers();
    held.release();
    expect(await click).toMatchObject({ appId: app.id });
    expect((await other.deployments.list(app.id)).items).toHaveLength(1);
  });

  it('lives on through a short absence, and goes with its stream after it', async () => {
    const { workspace, app, store, gate, release } = await openDesk(system);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    release();
    await vi.advanceTimersByTimeAsync(500);
    const back = workspace.acquire(app.id);
    expect(back.store).toBe(store);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(gate.calls.filter((call) => call === 'GET /v1/events')).toHaveLength(1);
    expect(gate.streams).toBe(1);
    back.release();
    back.release();
    await vi.advanceTimersByTimeAsync(1_500);
    await spin(() => gate.streams === 0);
    const later = workspace.acquire(app.id);
    onTestFinished(() => later.release());
    expect(later.store).not.toBe(store);
    let told = 0;
    store.subscribe(() => (told += 1));
    store.edit('main.py', 'nobody hears it');
    expect(told).toBe(0);
  });

  it('is kept with what is typed and not saved, without a stream, and goes on with both', async () => {
    const { workspace, app, store, other, gate, release, see } = await openDesk(system);
    store.edit('main.py', 'typed = 1\n');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    release();
    await vi.advanceTimersByTimeAsync(60_000);
    await spin(() => gate.streams === 0);
    vi.useRealTimers();
    await other.deployments.create(app.id, { draftVersion: 1 });
    const back = workspace.acquire(app.id);
    onTestFinished(() => back.release());
    expect(back.store).toBe(store);
    expect(textOf(back.store.snapshot)).toBe('typed = 1\n');
    await see(({ deployment }) => deployment?.generation === 1);
    await back.store.save();
    expect(textOf(await other.drafts.read(app.id))).toBe('typed = 1\n');
  });
});
