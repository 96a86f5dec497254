import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Call, CallAnswer } from '@fapi/runner-controller/work';
import type { App, DryImport, Finding } from '@fapi/sdk/contract';
import { type AppStore, createWorkspace } from '@fapi/sdk/workspace';
import { makeStatus, startSystem, type System, until } from '../../server/test/parts/system.ts';
import { openDesk } from './desk.ts';
import { listen } from './listen.ts';
import { makeApp, makeDraft } from './made.ts';
import { client, spin } from './on-stage.ts';
import { answer } from './serve.ts';

type Check = Extract<Call, { kind: 'validate' }>;
let system: System;
let checks: Check[] = [];
let judge: (check: Check) => Promise<{ findings?: Finding[]; dryImport?: DryImport }>;
const serving = new AbortController();

beforeAll(async () => {
  system = await startSystem();
  // The runner of these tests: it says what `judge` says.
  void system.bus.calls.serve(async (call): Promise<CallAnswer> => {
    if (call.kind !== 'validate') return { schema: 1, kind: 'refused', code: 'none', message: 'not played here' };
    checks.push(call);
    const { findings = [], dryImport } = await judge(call);
    return { schema: 1, kind: 'validate', findings, durationMs: 1, ...(dryImport && call.dryImport ? { dryImport } : {}) };
  }, serving.signal);
});
afterAll(async () => {
  await system?.stop();
  serving.abort();
});
afterEach(() => {
  vi.useRealTimers();
  checks = [];
});

const routes = [{ method: 'GET', path: '/' }];
const prepared: DryImport = { prepared: true, routes, sideEffects: [], durationMs: 1 };
const broken: Finding = { code: 'SYN001', severity: 'error', source: 'syntax', file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 2 }, message: 'invalid syntax' };
const preparation = (of: { dryImport: { preparation: unknown } }): unknown => of.dryImport.preparation;

describe('a draft that is open in an editor', () => {
  it('is imported at once, unedited as it is, with its routes', async () => {
    judge = async () => ({ dryImport: prepared });
    const { see } = await openDesk(system);
    const { dryImport, findings } = await see((snapshot) => preparation(snapshot) === 'prepared');
    expect(dryImport).toEqual({ preparation: 'prepared', reason: undefined, routes, areRoutesCurrent: true, sideEffects: [] });
    expect(findings).toEqual([]);
  });

  it('is not prepared any more from the first changed character on, and prepared again after one check for all that was typed', async () => {
    judge = async () => ({ dryImport: prepared });
    const { store, see } = await openDesk(system);
    await see((snapshot) => preparation(snapshot) === 'prepared');
    const before = checks.length;
    for (const text of ['a = 2\n', 'a = 23\n', 'a = 234\n']) {
      store.edit('main.py', text);
      expect(preparation(store.snapshot)).toBe('preparing');
    }
    await see((snapshot) => preparation(snapshot) === 'prepared');
    expect(checks).toHaveLength(before + 1);
    const [first, last] = [checks[0]!.dryImport!, checks.at(-1)!.dryImport!];
    expect(last.session).toBe(first.session);
    expect(last.sequence).toBeGreaterThan(first.sequence);
    expect(checks.at(-1)!.revision).not.toBe(checks[0]!.revision);
  });

  it('has the newest verdict when an older one comes late', async () => {
    judge = async () => ({ dryImport: prepared });
    const { store, gate, see } = await openDesk(system);
    await see((snapshot) => preparation(snapshot) === 'prepared');
    const late = gate.holdAnswer(/validate/);
    judge = async () => ({ findings: [broken] });
    store.edit('main.py', 'a = = 2\n');
    await late.arrived;
    judge = async () => ({ dryImport: prepared });
    store.edit('main.py', 'a = 2\n');
    await see((snapshot) => preparation(snapshot) === 'prepared');
    late.release();
    await store.save();
    expect(await see((snapshot) => preparation(snapshot) === 'prepared')).toMatchObject({ findings: [], validation: 'done' });
  });

  it('keeps the routes it had, marked as such, while its text is broken', async () => {
    judge = async () => ({ dryImport: prepared });
    const { store, see } = await openDesk(system);
    await see((snapshot) => preparation(snapshot) === 'prepared');
    judge = async () => ({ findings: [broken] });
    store.edit('main.py', 'a = = 2\n');
    expect((await see(({ findings }) => findings.length > 0)).dryImport).toMatchObject({ preparation: 'unprepared', reason: undefined, routes, areRoutesCurrent: false });
  });

  it('says why it is prepared on the click only', async () => {
    const sideEffects: DryImport['sideEffects'] = [{ kind: 'connect', detail: 'db:5432', file: 'main.py', line: 3 }];
    judge = async () => ({ dryImport: { ...prepared, prepared: false, reason: 'It connects.', sideEffects } });
    const { see } = await openDesk(system);
    expect((await see((snapshot) => preparation(snapshot) === 'unprepared')).dryImport).toEqual({ preparation: 'unprepared', reason: 'It connects.', routes, areRoutesCurrent: true, sideEffects });
  });

  it('is asked for again when no core was free and when no runner answered, and no error is shown', async () => {
    let turn = 0;
    judge = async () => {
      turn += 1;
      if (turn === 1) return { dryImport: { prepared: false, dropped: true, reason: 'busy', routes: [], sideEffects: [], durationMs: 0 } };
      if (turn === 2) throw new Error('the agent is away');
      return { dryImport: prepared };
    };
    const { store, see } = await openDesk(system);
    const errors: unknown[] = [];
    onTestFinished(store.subscribe(({ error }) => void errors.push(error)));
    await see((snapshot) => preparation(snapshot) === 'prepared');
    expect(turn).toBe(3);
    expect(errors.filter((error) => error !== undefined)).toEqual([]);
  });

  it('is checked and not imported for somebody who may only read it', async () => {
    judge = async () => ({ findings: [{ ...broken, severity: 'warning' }], dryImport: prepared });
    const { app, see } = await openDesk(system);
    await see(({ validation }) => validation === 'done');
    checks = [];
    const token = await system.mint({ scopes: ['apps:read', 'drafts:read', 'deployments:read', 'metrics:read'] });
    const { store, release } = createWorkspace(client({ baseUrl: system.server.url, fetchToken: async () => ({ token, expiresInSeconds: 600 }) })).acquire(app.id);
    onTestFinished(release);
    expect(await until(() => store.snapshot, ({ validation }) => validation === 'done')).toMatchObject({ findings: [{ severity: 'warning' }], dryImport: { preparation: undefined, routes: undefined } });
    expect(checks.map(({ dryImport }) => dryImport)).toEqual([undefined]);
  });

  it('gives its OpenAPI document to who asks for it', async () => {
    judge = async ({ dryImport }) => ({ dryImport: { ...prepared, ...(dryImport?.withOpenApi ? { openapi: { openapi: '3.1.0' } } : {}) } });
    const { store, see } = await openDesk(system);
    await see((snapshot) => preparation(snapshot) === 'prepared');
    expect(await store.readOpenApi()).toEqual({ openapi: '3.1.0' });
    expect(preparation(store.snapshot)).toBe('prepared');
  });

  it('is prepared again when a deploy has used up what was prepared', async () => {
    judge = async () => ({ dryImport: prepared });
    const { store, app, see } = await openDesk(system);
    await see((snapshot) => preparation(snapshot) === 'prepared');
    await store.deploy();
    expect(preparation(store.snapshot)).toBe('unprepared');
    const before = checks.length;
    await system.bus.statuses.publish(makeStatus(app.id, 1, 'live', 'live'));
    await see((snapshot) => preparation(snapshot) === 'prepared');
    // The deploy's own check may still have been on its way.
    expect([before + 1, before + 2]).toContain(checks.length);
  });

  it('is prepared at once after a save, which need not wait for a pause', async () => {
    judge = async () => ({ dryImport: prepared });
    const { store, see } = await openDesk(system);
    await see((snapshot) => preparation(snapshot) === 'prepared');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    store.edit('main.py', 'a = 2\n');
    await store.save();
    await vi.advanceTimersByTimeAsync(0);
    await spin(() => preparation(store.snapshot) === 'prepared');
  });

  it('asks for nothing while nobody looks at it, and again when somebody does', async () => {
    judge = async () => ({ dryImport: prepared });
    const { store, workspace, app, gate, release, see } = await openDesk(system);
    store.edit('main.py', 'typed = 1\n');
    await see((snapshot) => preparation(snapshot) === 'prepared');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await store.validate();
    release();
    await vi.advanceTimersByTimeAsync(2_000);
    await spin(() => gate.streams === 0);
    const before = checks.length;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(checks).toHaveLength(before);
    vi.useRealTimers();
    const back = workspace.acquire(app.id);
    onTestFinished(() => back.release());
    await until(() => checks.length, (count) => count > before);
  });
});

/** A server without clocks of its own, that prepares whatever it is asked to: for what takes long, and for what the stream tells by itself. */
async function openPrepared(): Promise<{ store: AppStore; readonly app: App; readonly count: number; tell(change: Partial<App>): void }> {
  let app = makeApp();
  let [count, id] = [0, 1];
  let write: (told: object) => void = () => undefined;
  const baseUrl = await listen((request, response) => {
    const { pathname } = new URL(request.url!, 'http://host');
    if (pathname === '/v1/events') {
      write = (told) => response.write(`id: ${id}\ndata: ${JSON.stringify({ ...told, id: String(id) })}\n\n`);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      write({ type: 'ready' });
    } else if (pathname.endsWith('/validate')) {
      count += 1;
      answer(response, 200, { draftVersion: 1, digest: 'sha256:00', findings: [], durationMs: 1, dryImport: prepared });
    } else if (pathname.endsWith('/draft')) answer(response, 200, makeDraft());
    else if (pathname.endsWith('/metrics')) answer(response, 404, {});
    else answer(response, 200, app);
  });
  const { store, release } = createWorkspace(client({ baseUrl, retryLimit: 0 })).acquire(app.id);
  onTestFinished(release);
  await until(() => store.snapshot, (snapshot) => snapshot.connection === 'live' && preparation(snapshot) === 'prepared');
  return {
    store,
    get app() { return app; },
    get count() { return count; },
    tell(change) {
      app = { ...app, ...change };
      id += 1;
      write({ type: 'app', appId: app.id, app });
    },
  };
}

describe('what is prepared', () => {
  it('is renewed before the runner lets go of it, and not for ever', async () => {
    const page = await openPrepared();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const settle = async (afterMs: number): Promise<void> => {
      const before = page.count;
      await vi.advanceTimersByTimeAsync(afterMs);
      await spin(() => preparation(page.store.snapshot) === 'unprepared' || (page.count > before && page.store.snapshot.validation === 'done'));
    };
    page.store.edit('main.py', 'a = 2\n');
    await settle(1_000);
    let renewals = 0;
    for (; preparation(page.store.snapshot) === 'prepared'; renewals += 1) await settle(240_000);
    expect(renewals).toBeGreaterThan(3);
    expect(renewals).toBeLessThan(12);
  });

  it('is prepared anew when the app has other settings, or is told of with nothing new to see: another environment', async () => {
    const page = await openPrepared();
    for (const change of [{ settings: { ...page.app.settings, exclusive: true } }, { freshness: 'not_deployed' as const, changes: { ...page.app.changes, environment: true } }, {}]) {
      const before = page.count;
      page.tell(change);
      await until(() => page.count > before && preparation(page.store.snapshot) === 'prepared', Boolean);
    }
    const before = page.count;
    page.tell({ health: 'asleep' });
    await until(() => page.store.snapshot.app?.health, (health) => health === 'asleep');
    expect([page.count, preparation(page.store.snapshot)]).toEqual([before, 'prepared']);
  });
});
