import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type AppStore, createWorkspace } from '@fapi/sdk/workspace';
import { makeApp, makeDraft } from './made.ts';
import { client, spin, stage } from './on-stage.ts';
import { begin, ready, say } from './reader.ts';
import { answer, refuse } from './serve.ts';

afterEach(() => vi.useRealTimers());

interface Page {
  store: AppStore;
  /** What the server and the portal say from now on. */
  says: { isRefused: boolean; hasToken: boolean };
  cut(): void;
  /** Calls to the server and to the portal in the next minute, each of them answered before the clock goes on. */
  callsInMinute(): Promise<{ calls: number; mints: number }>;
  pass(ms: number): Promise<void>;
}

/** A page whose server answers 401, and whose portal has a token for it all the same. */
async function open(says: Page['says']): Promise<Page> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const { url, requests, cut } = await stage((response, { url: path }) => {
    if (says.isRefused) return refuse(response, 'unauthorized', { requestId: `request-${requests.length}` });
    if (path === '/v1/apps/app_1') return answer(response, 200, makeApp());
    if (path.endsWith('/draft')) return answer(response, 200, makeDraft());
    if (!path.startsWith('/v1/events')) return refuse(response, 'forbidden');
    begin(response);
    say(response, ready(1));
  });
  let [mints, open] = [0, 0];
  const counting: typeof fetch = async (input, init) => {
    open += 1;
    return fetch(input, init).finally(() => (open -= 1));
  };
  const fetchToken = async (): Promise<{ token: string; expiresInSeconds: number }> => {
    mints += 1;
    if (!says.hasToken) throw new Error('nobody is signed in');
    return { token: `token${mints}`, expiresInSeconds: 86_400 };
  };
  const { store, release } = createWorkspace(client({ baseUrl: url, fetchToken, fetch: counting }), { journal: false }).acquire('app_1');
  onTestFinished(release);
  const settle = async (): Promise<void> => {
    let quiet = 0;
    await spin(() => (quiet = open === 0 || says.isRefused === false ? quiet + 1 : 0) > 40);
  };
  const pass: Page['pass'] = async (ms) => {
    for (let left = ms; left > 0; left -= 2_500) {
      await settle();
      await vi.advanceTimersByTimeAsync(Math.min(left, 2_500));
    }
    await settle();
  };
  return {
    store, says, cut, pass,
    async callsInMinute() {
      const before = { calls: requests.length, mints };
      await pass(60_000);
      return { calls: requests.length - before.calls, mints: mints - before.mints };
    },
  };
}

describe('a page that is refused', () => {
  it('from the first asks less and less often, and is there soon after somebody has tried again', async () => {
    const { store, says, callsInMinute, pass } = await open({ isRefused: true, hasToken: true });
    const [early, , late] = [await callsInMinute(), await callsInMinute(), await callsInMinute()];
    expect(store.snapshot).toMatchObject({ load: 'failed', error: { code: 'unauthorized' } });
    expect(late.calls).toBeGreaterThan(0);
    expect(late.calls * 3).toBeLessThanOrEqual(early.calls);
    expect(late.mints * 3).toBeLessThanOrEqual(early.mints);
    says.isRefused = false;
    await store.reload();
    expect(store.snapshot.load).toBe('ready');
    await pass(5_000);
    expect(store.snapshot.connection).toBe('live');
  });

  it('is let in by who tries again, also while an answer is under way that was asked for before', async () => {
    const held: (() => void)[] = [];
    let isRefused = true;
    const { url } = await stage((response, { url: path }) => {
      const isLate = isRefused && path === '/v1/apps/app_1';
      const reply = (): void => {
        if (isLate) refuse(response, 'unauthorized');
        else if (path === '/v1/apps/app_1') answer(response, 200, makeApp());
        else if (path.endsWith('/draft')) answer(response, 200, makeDraft());
        else refuse(response, 'forbidden');
      };
      if (isLate) held.push(reply);
      else reply();
    });
    const { store, release } = createWorkspace(client({ baseUrl: url }), { journal: false }).acquire('app_1');
    onTestFinished(release);
    const loads: string[] = [];
    store.subscribe(({ load }) => loads.push(load));
    await spin(() => held.length === 1);
    held.pop()!();
    await spin(() => store.snapshot.load === 'failed');
    loads.length = 0;
    const before = store.reload();
    await spin(() => held.length === 1);
    isRefused = false;
    const after = store.reload();
    held.pop()!();
    await Promise.all([before, after]);
    expect(store.snapshot.load).toBe('ready');
    expect(loads).not.toContain('failed');
  });

  it('after it was let in, does too, shows what it had, and goes on when it is let in again', async () => {
    const { store, says, cut, callsInMinute, pass } = await open({ isRefused: false, hasToken: true });
    await spin(() => store.snapshot.load === 'ready' && store.snapshot.connection === 'live');
    says.isRefused = true;
    cut();
    await spin(() => store.snapshot.connection === 'reconnecting');
    const [early, , late] = [await callsInMinute(), await callsInMinute(), await callsInMinute()];
    expect(late.calls).toBeGreaterThan(0);
    expect(late.calls * 3).toBeLessThanOrEqual(early.calls);
    expect(store.snapshot).toMatchObject({ load: 'ready', error: undefined });
    says.isRefused = false;
    await pass(60_000);
    expect(store.snapshot.connection).toBe('live');
  });

  it('by the portal asks that one less and less often, and is there soon after it has a token again', async () => {
    const { store, says, callsInMinute, pass } = await open({ isRefused: false, hasToken: false });
    const [early, , late] = [await callsInMinute(), await callsInMinute(), await callsInMinute()];
    expect(store.snapshot).toMatchObject({ load: 'failed', error: { name: 'TokenError' } });
    expect(late.mints).toBeGreaterThan(0);
    expect(late.mints * 2).toBeLessThanOrEqual(early.mints);
    says.hasToken = true;
    await pass(65_000);
    expect(store.snapshot).toMatchObject({ load: 'ready', connection: 'live' });
  });
});
