import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FetchToken, isApiError, isTokenError, TokenError } from '@fapi/sdk';
import { until } from '../../server/test/system.ts';
import { makeApp, ready } from './made.ts';
import { caught, client, stage } from './on-stage.ts';
import { answer, type Play, refuse } from './serve.ts';

/** A portal's backend: the tokens token-1, token-2 ... */
function mint(expiresInSeconds = 600): { fetchToken: FetchToken; reasons: string[] } {
  const reasons: string[] = [];
  return { reasons, fetchToken: async ({ reason }) => ({ token: `token-${reasons.push(reason)}`, expiresInSeconds }) };
}
const accept = (token: string): Play => (response, { headers }) => (headers.authorization === `Bearer ${token}` ? answer(response, 200, makeApp()) : refuse(response, 'token_expired'));

describe('a token', () => {
  it('is minted before the first call and sent in its header', async () => {
    const { url, requests } = await stage(accept('token-1'));
    const { fetchToken, reasons } = mint();
    await client({ baseUrl: url, fetchToken }).apps.read('app_1');
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1']);
    expect(reasons).toEqual(['initial']);
  });

  it('is minted once for fifty calls that come at once', async () => {
    const { url } = await stage(accept('token-1'));
    const { fetchToken, reasons } = mint();
    const { apps } = client({ baseUrl: url, fetchToken });
    await Promise.all(Array.from({ length: 50 }, () => apps.read('app_1')));
    expect(reasons).toEqual(['initial']);
  });

  it('is minted once again when fifty calls are refused with 401', async () => {
    const held: (() => void)[] = [];
    // All fifty are refused together, so that none of them can profit from another's new token.
    const { url } = await stage((response, { headers }) => {
      if (headers.authorization === 'Bearer token-2') return answer(response, 200, makeApp());
      if (held.push(() => refuse(response, 'token_expired')) === 50) for (const release of held) release();
    });
    const { fetchToken, reasons } = mint();
    const { apps } = client({ baseUrl: url, fetchToken });
    await Promise.all(Array.from({ length: 50 }, () => apps.read('app_1')));
    expect(reasons).toEqual(['initial', 'rejected']);
  });

  it('that was refused late does not cost the one that has replaced it', async () => {
    let late: (() => void) | undefined;
    const { url } = await stage((response, request) => {
      if (request.headers.authorization === 'Bearer token-1' && request.url.endsWith('/slow')) late = () => refuse(response, 'token_expired');
      else accept('token-2')(response, request, 0);
    });
    const { fetchToken, reasons } = mint();
    const { apps } = client({ baseUrl: url, fetchToken });
    const slow = apps.read('slow');
    await until(() => late, (is) => is !== undefined);
    await apps.read('app_1');
    late!();
    await slow;
    expect(reasons).toEqual(['initial', 'rejected']);
  });

  it.each([['any', 2], ['none', 0]])('is replaced after a 401 whatever the retries: %s', async (_, retryLimit) => {
    const { url } = await stage(accept('token-2'));
    await expect(client({ baseUrl: url, retryLimit, ...mint() }).apps.read('app_1')).resolves.toMatchObject({ id: 'app_1' });
  });

  it('is replaced after a 401 to a POST too, which has done nothing', async () => {
    const { url, requests } = await stage((response, { headers }) => (headers.authorization === 'Bearer token-2' ? answer(response, 201, { token: 'fet_x', expiresInSeconds: 1, sessionId: 's' }) : refuse(response, 'token_expired')));
    await client({ baseUrl: url, ...mint() }).embedTokens.create({ subject: 'builder' });
    expect(requests.map(({ body }) => body)).toEqual(['{"subject":"builder"}', '{"subject":"builder"}']);
  });

  it('is replaced after a 401 that comes on a retry', async () => {
    const { url } = await stage((response, request, nth) => (nth === 1 ? refuse(response, 'not_ready', { headers: { 'retry-after': '0' } }) : accept('token-2')(response, request, nth)));
    await expect(client({ baseUrl: url, ...mint() }).apps.read('app_1')).resolves.toMatchObject({ id: 'app_1' });
  });

  it('that is refused again although it is new ends the call with the server\'s error', async () => {
    const { url, requests } = await stage((response) => refuse(response, 'unauthorized'));
    const { fetchToken, reasons } = mint();
    const error = await caught(client({ baseUrl: url, fetchToken }).apps.read('app_1'));
    expect(isApiError(error, 'unauthorized')).toBe(true);
    expect([reasons.length, requests.length]).toEqual([2, 2]);
  });
});

describe('a key', () => {
  it('that is refused is not tried again', async () => {
    const { url, requests } = await stage((response) => refuse(response, 'unauthorized'));
    await expect(client({ baseUrl: url, apiKey: 'key' }).apps.read('app_1')).rejects.toMatchObject({ code: 'unauthorized', status: 401 });
    expect(requests).toHaveLength(1);
  });

  it('is optional, and nothing is sent without it', async () => {
    const { url, requests } = await stage((response) => answer(response, 200, ready));
    await client({ baseUrl: url }).health.ready();
    expect(requests[0]!.headers).not.toHaveProperty('authorization');
  });
});

describe('the life of a token', () => {
  afterEach(() => vi.useRealTimers());
  const fake = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

  it('ends in a new one before it expires', async () => {
    fake();
    const { fetchToken, reasons } = mint(600);
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken });
    await auth.authorization();
    await vi.advanceTimersByTimeAsync(400_000);
    expect(reasons).toEqual(['initial']);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(reasons).toEqual(['initial', 'expiring']);
    expect(await auth.authorization()).toBe('Bearer token-2');
  });

  it('of a year costs no storm of new ones', async () => {
    fake();
    const { fetchToken, reasons } = mint(365 * 86_400);
    await client({ baseUrl: 'http://fapi.example', fetchToken }).auth.authorization();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reasons).toEqual(['initial']);
  });

  it('survives a portal that fails: the old one serves while it lasts, and a new one is asked for again and again', async () => {
    fake();
    let isDown = false;
    let asked = 0;
    const seen: string[] = [];
    const fetchToken: FetchToken = async () => {
      asked += 1;
      if (isDown) throw new Error('the portal is down');
      return { token: `token-${asked}`, expiresInSeconds: 100 };
    };
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken });
    auth.subscribe((state, error) => seen.push(error ? `${state} ${(error as Error).name}` : state));
    await auth.authorization();
    isDown = true;
    await vi.advanceTimersByTimeAsync(85_000);
    expect(await auth.authorization()).toBe('Bearer token-1');
    expect(seen.slice(0, 3)).toEqual(['signed_in', 'refreshing', 'refreshing TokenError']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(auth.state).toBe('signed_out');
    isDown = false;
    await vi.advanceTimersByTimeAsync(90_000);
    expect(auth.state).toBe('signed_in');
  });

  it('ends at sign-out: no token is kept or asked for', async () => {
    fake();
    const { fetchToken, reasons } = mint(100);
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken });
    await auth.authorization();
    auth.signOut();
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(reasons).toEqual(['initial']);
    expect(auth.state).toBe('signed_out');
    await expect(auth.authorization()).rejects.toThrow(TokenError);
  });

  it('does not begin after the client was closed in the middle of a mint', async () => {
    fake();
    let give: ((answered: { token: string; expiresInSeconds: number }) => void) | undefined;
    let asked = 0;
    const made = client({ baseUrl: 'http://fapi.example', fetchToken: () => new Promise((resolve) => ((asked += 1), (give = resolve))) });
    const waiting = made.auth.authorization();
    made.close();
    await expect(waiting).rejects.toThrow(TokenError);
    give!({ token: 'late', expiresInSeconds: 100 });
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(asked).toBe(1);
  });
});

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

describe('a portal that gives no token', () => {
  const readWith = async (play: Play): Promise<unknown> => {
    const portal = await stage(play);
    const server = await stage((response) => answer(response, 200, makeApp()));
    const error = await caught(client({ baseUrl: server.url, tokenUrl: `${portal.url}/token` }).apps.read('app_1'));
    expect(server.requests).toEqual([]);
    return error;
  };

  it('ends the call with a TokenError that says what it answered', async () => {
    expect(await readWith((response) => answer(response, 403, {}))).toMatchObject({ name: 'TokenError', message: 'the token endpoint answered 403' });
  });

  it.each([
    ['an answer of another shape', { access_token: 'secret-token', expires_in: 600 }],
    ['null', null],
    ['no length of life', { token: 'secret-token' }],
    ['an empty token', { token: '', expiresInSeconds: 600 }],
    ['a token that no header can carry', { token: 'secret-token\nx', expiresInSeconds: 600 }],
  ])('with %s is told what it must answer', async (_, body) => {
    const error = await readWith((response) => answer(response, 200, body));
    expect(error).toMatchObject({ name: 'TokenError', message: expect.stringContaining('{token, expiresInSeconds}') });
    expect(inspect(error, { depth: 20 })).not.toContain('secret');
  });

  it('answers with plain text: the error does not repeat it', async () => {
    const error = await readWith((response) => void response.end('secret-token'));
    expect(error).toBeInstanceOf(TokenError);
    expect(isTokenError(error)).toBe(true);
    expect(inspect(error, { depth: 20 })).not.toContain('secret');
  });

  it('by a function that throws is its own error, with the cause inside', async () => {
    const cause = new Error('session lost');
    const { auth } = client({ baseUrl: 'http://fapi.example', fetchToken: () => { throw cause; } });
    await expect(auth.authorization()).rejects.toMatchObject({ name: 'TokenError', cause });
  });

  it('does not hold a call whose signal fires, nor those of others', async () => {
    let give: ((answered: { token: string; expiresInSeconds: number }) => void) | undefined;
    const { url } = await stage(accept('token'));
    const { apps } = client({ baseUrl: url, fetchToken: () => new Promise((resolve) => (give = resolve)) });
    const leaving = new AbortController();
    const [left, stayed] = [apps.read('app_1', { signal: leaving.signal }), apps.read('app_1')];
    await until(() => give, (is) => is !== undefined);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ name: 'AbortError' });
    give!({ token: 'token', expiresInSeconds: 600 });
    await expect(stayed).resolves.toMatchObject({ id: 'app_1' });
  });
});

describe('tokenUrl', () => {
  it('is asked by POST, without anything in its address', async () => {
    const portal = await stage((response) => answer(response, 200, { token: 'secret-token', expiresInSeconds: 600 }));
    const server = await stage(accept('secret-token'));
    await client({ baseUrl: server.url, tokenUrl: new URL('/api/token', portal.url) }).apps.read('app_1');
    expect(portal.requests).toMatchObject([{ method: 'POST', url: '/api/token', body: '{}' }]);
  });
});

describe('a token in use', () => {
  it('is in no address and in no error, however deep one looks', async () => {
    let mode = 0;
    const modes: Play[] = [
      (response) => refuse(response, 'internal'), (response) => refuse(response, 'forbidden'), (response) => void response.socket!.destroy(), () => undefined,
      (response) => answer(response, 200, { id: 1 }), (response) => response.end('<html>'), (response) => response.writeHead(502).end('<html>'), (response) => refuse(response, 'token_expired'),
    ];
    const { url, requests } = await stage((response, request, nth) => modes[mode]!(response, request, nth));
    const fapi = client({ baseUrl: url, retryLimit: 0, timeoutMs: 200, fetchToken: async () => ({ token: 'secret-token', expiresInSeconds: 600 }) });
    const names: string[] = [];
    for (mode = 0; mode < modes.length; mode++) {
      const error = await caught(fapi.apps.read('app_1'));
      names.push((error as Error).name);
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('secret');
      expect(JSON.stringify(error)).not.toContain('secret');
    }
    expect(names).toEqual(['ApiError', 'ApiError', 'ConnectionError', 'TimeoutError', 'ContractError', 'ContractError', 'ContractError', 'ApiError']);
    expect(requests.filter(({ url: path }) => path.includes('secret'))).toEqual([]);
    expect(requests.every(({ headers }) => headers.authorization === 'Bearer secret-token')).toBe(true);
  });
});
