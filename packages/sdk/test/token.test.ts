import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FetchToken, isApiError, isTokenError, TokenError } from '@fapi/sdk';
import { until } from '../../server/test/parts/system.ts';
import { makeApp, ready } from './made.ts';
import { mint } from './mint.ts';
import { caught, client, stage } from './on-stage.ts';
import { answer, type Play, refuse } from './serve.ts';

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

  it('of a client that asks for no other serves to its end, and is not replaced when it is refused', async () => {
    let isRefused = false;
    const { url, requests } = await stage((response) => (isRefused ? refuse(response, 'unauthorized') : answer(response, 200, makeApp())));
    const { fetchToken, reasons } = mint();
    const fapi = client({ baseUrl: url, fetchToken });
    await fapi.apps.read('app_1');
    fapi.auth.freeze();
    await fapi.apps.read('app_1');
    isRefused = true;
    expect(isApiError(await caught(fapi.apps.read('app_1')), 'unauthorized')).toBe(true);
    expect(isTokenError(await caught(fapi.apps.read('app_1')))).toBe(true);
    expect([reasons, requests.length]).toEqual([['initial'], 3]);
    expect(fapi.closed.aborted).toBe(false);
    fapi.close();
    expect(fapi.closed.aborted).toBe(true);
  });

  it('that comes once no other is wanted is not taken: it may be of whoever is at the page by then', async () => {
    const { url, requests } = await stage((response) => answer(response, 200, makeApp()));
    const { promise, resolve } = Promise.withResolvers<{ token: string; expiresInSeconds: number }>();
    const fapi = client({ baseUrl: url, fetchToken: () => promise });
    const read = caught(fapi.apps.read('app_1'));
    fapi.auth.freeze();
    resolve({ token: 'of-the-next-visitor', expiresInSeconds: 600 });
    expect(isTokenError(await read)).toBe(true);
    expect([requests.length, fapi.auth.state]).toEqual([0, 'anonymous']);
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

describe('a portal that gives no token', () => {
  const readWith = async (play: Play): Promise<unknown> => {
    const portal = await stage(play);
    const server = await stage((response) => answer(response, 200, makeApp()));
    const error = await caught(client({ baseUrl: server.url, tokenUrl: `${portal.url}/token` }).apps.read('app_1'));
    expect(server.requests).toEqual([]);
    return error;
  };

  it('ends the call with a TokenError that says what it answered', async () => {
    expect(await readWith((response) => answer(response, 403, {}))).toMatchObject({ name: 'TokenError', message: 'the token endpoint answered 403', status: 403 });
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
