import { afterEach, describe, expect, it, vi } from 'vitest';
import { TokenError } from '@fapi/sdk';
import { until } from '../../server/test/parts/system.ts';
import { mint } from './mint.ts';
import { caught, client } from './on-stage.ts';

describe('a token under trouble', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  const fake = (...more: 'Date'[]): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', ...more] });

  it.each([['ahead', 10], ['behind', -10]])('of a page whose clock is ten minutes %s, or is set while it runs, is used and refreshed as ever', async (_, minutes) => {
    fake('Date');
    const { fetchToken, reasons } = mint(600);
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken });
    vi.setSystemTime(Date.now() + minutes * 60_000);
    await auth.authorization();
    vi.setSystemTime(Date.now() + minutes * 120_000);
    await vi.advanceTimersByTimeAsync(400_000);
    expect([await auth.authorization(), reasons.length]).toEqual(['Bearer token-1', 1]);
    await vi.advanceTimersByTimeAsync(100_000);
    expect([await auth.authorization(), reasons]).toEqual(['Bearer token-2', ['initial', 'expiring']]);
  });

  it('of a few seconds is refreshed every ten seconds at most; a call that finds none mints one', async () => {
    fake();
    const { fetchToken, reasons } = mint(2);
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken });
    await auth.authorization();
    await vi.advanceTimersByTimeAsync(9_900);
    expect(reasons).toHaveLength(1);
    expect(await auth.authorization()).toBe('Bearer token-2');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reasons.length).toBeLessThanOrEqual(8);
  });

  it('whose callback never settles: after 30 s the call ends, its signal has fired, and the next one asks anew', async () => {
    fake();
    const signals: AbortSignal[] = [];
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken: ({ signal }) => (signals.push(signal), signals.length < 2 ? new Promise(() => undefined) : Promise.resolve({ token: 'second', expiresInSeconds: 600 })) });
    const first = caught(auth.authorization());
    await vi.advanceTimersByTimeAsync(29_000);
    expect(signals[0]!.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await first).toMatchObject({ name: 'TokenError', message: 'the portal did not answer with a token in time' });
    expect([signals[0]!.aborted, await auth.authorization()]).toEqual([true, 'Bearer second']);
  });

  it.each<[string, unknown]>([['undefined', undefined], ['a text', 'token'], ['seconds as text', { token: 't', expiresInSeconds: '600' }], ['no number of seconds', { token: 't', expiresInSeconds: Number.NaN }], ['an end in the past', { token: 't', expiresInSeconds: -1 }]])('by a callback that answers %s is a TokenError', async (_, rubbish) => {
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken: async () => rubbish as never });
    await expect(auth.authorization()).rejects.toMatchObject({ name: 'TokenError', message: expect.stringContaining('{token, expiresInSeconds}') });
  });

  it('outlives three refreshes without a network, in pauses that grow to a minute, and comes back', async () => {
    fake();
    const at: number[] = [];
    let isOffline = false;
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken: async () => {
      at.push(performance.now());
      if (isOffline) throw new TypeError('Failed to fetch');
      return { token: `token-${at.length}`, expiresInSeconds: 100 };
    } });
    await auth.authorization();
    isOffline = true;
    await vi.advanceTimersByTimeAsync(400_000);
    const pauses = at.slice(1).map((time, index) => time - at[index]!).slice(1);
    expect(pauses.length).toBeGreaterThan(6);
    pauses.slice(0, 5).forEach((ms, index) => expect(ms / (1_000 * 2 ** index)).toSatisfy((ratio: number) => ratio >= 0.74 && ratio <= 1.26));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(75_000);
    isOffline = false;
    await vi.advanceTimersByTimeAsync(80_000);
    expect([auth.state, await auth.authorization()]).toEqual(['signed_in', `Bearer token-${at.length}`]);
  });

  it('whose timer comes an hour late is minted once, by the calls that come first', async () => {
    fake();
    const { fetchToken, reasons } = mint(600);
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken });
    await auth.authorization();
    // Asleep: time has passed and no timer has run.
    const asleep = performance.now() + 3_600_000;
    vi.spyOn(performance, 'now').mockImplementation(() => asleep);
    const calls = Promise.all([auth.authorization(), auth.authorization()]);
    await vi.advanceTimersByTimeAsync(400_000).finally(() => vi.restoreAllMocks());
    expect([new Set(await calls), reasons.length]).toEqual([new Set(['Bearer token-2']), 2]);
  });

  /** What a page has of a window and a document. */
  const openPage = (): { window: EventTarget; document: EventTarget & { visibilityState: string }; listeners: () => number } => {
    const [window, document] = [new EventTarget(), Object.assign(new EventTarget(), { visibilityState: 'visible' })];
    let count = 0;
    for (const target of [window, document]) {
      const { addEventListener: add, removeEventListener: remove } = target;
      Object.assign(target, { addEventListener: (...asked: Parameters<typeof add>) => (count++, add.apply(target, asked)), removeEventListener: (...asked: Parameters<typeof remove>) => (count--, remove.apply(target, asked)) });
    }
    vi.stubGlobal('document', document);
    vi.stubGlobal('addEventListener', (window.addEventListener as any).bind(window));
    vi.stubGlobal('removeEventListener', (window.removeEventListener as any).bind(window));
    return { window, document, listeners: () => count };
  };

  it('is minted at once when a page is seen again after a sleep in which even its clock stood still, and not when it was only hidden', async () => {
    fake('Date');
    const page = openPage();
    const { fetchToken, reasons } = mint(600);
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken });
    await auth.authorization();
    await vi.advanceTimersByTimeAsync(60_000);
    page.document.dispatchEvent(new Event('visibilitychange'));
    expect(reasons).toHaveLength(1);
    vi.setSystemTime(Date.now() + 3_600_000);
    page.document.visibilityState = 'hidden';
    page.document.dispatchEvent(new Event('visibilitychange'));
    expect(reasons).toHaveLength(1);
    page.document.visibilityState = 'visible';
    page.document.dispatchEvent(new Event('visibilitychange'));
    expect(reasons).toEqual(['initial', 'expiring']);
  });

  it('is asked for at once when the network is back', async () => {
    fake('Date');
    const page = openPage();
    let isOffline = true;
    let asked = 0;
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken: async () => {
      asked += 1;
      if (isOffline) throw new TypeError('Failed to fetch');
      return { token: 'token', expiresInSeconds: 600 };
    } });
    await caught(auth.authorization());
    await vi.advanceTimersByTimeAsync(100_000);
    isOffline = false;
    const before = asked;
    page.window.dispatchEvent(new Event('online'));
    page.window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(0);
    expect([asked - before, auth.state]).toEqual([1, 'signed_in']);
  });

  it.each(['close', 'signOut'] as const)('is over by %s: no timer and no listener is left, whatever it was doing', async (act) => {
    fake();
    const page = openPage();
    for (const doing of ['resting', 'minting', 'failing']) {
      const fapi = client({ baseUrl: 'http://fapi.example', fetchToken: doing === 'minting' ? () => new Promise(() => undefined) : doing === 'failing' ? () => Promise.reject(new Error('no')) : async () => ({ token: 'token', expiresInSeconds: 600 }) });
      const unsubscribe = fapi.auth.subscribe(() => undefined);
      const work = fapi.auth.authorization().catch(() => undefined);
      if (doing !== 'minting') await work;
      expect([vi.getTimerCount(), page.listeners()]).toEqual([1, 2]);
      unsubscribe();
      if (act === 'close') fapi.close();
      else fapi.auth.signOut();
      await work;
      expect([doing, vi.getTimerCount(), page.listeners()]).toEqual([doing, 0, 0]);
    }
  });

  it('is not lost when a listener to its state throws', async () => {
    const thrown = vi.fn();
    process.once('uncaughtException', thrown);
    const { auth } = client({ baseUrl: 'http://fapi.example', ...mint() });
    const seen: string[] = [];
    auth.subscribe(() => { throw new Error('of the page'); });
    auth.subscribe((state) => seen.push(state));
    expect([await auth.authorization(), auth.state]).toEqual(['Bearer token-1', 'signed_in']);
    await until(() => seen.length, (length) => length === 1);
    expect(thrown).toHaveBeenCalledOnce();
  });

  it('that comes in the moment of the sign-out is thrown away', async () => {
    const { promise, resolve } = Promise.withResolvers<{ token: string; expiresInSeconds: number }>();
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken: () => promise });
    const states: string[] = [];
    auth.subscribe((state) => states.push(state));
    const work = caught(auth.authorization());
    resolve({ token: 'late', expiresInSeconds: 600 });
    auth.signOut();
    expect(await work).toBeInstanceOf(TokenError);
    await until(() => states.length, (length) => length === 1);
    expect([states, auth.state]).toEqual([['signed_out'], 'signed_out']);
  });
});
