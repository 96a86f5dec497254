import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, isApiError, isFapiError, isSettled } from '@fapi/sdk';
import { problems } from '@fapi/sdk/contract';
import { makeApp, makeDeployment, makeDraft, ready } from './made.ts';
import { caught, client, stage } from './on-stage.ts';
import { answer, makeProblem, type Play, refuse } from './serve.ts';

afterEach(() => vi.useRealTimers());
const once = { retryLimit: 0 };

describe('an ApiError', () => {
  it('says code, status, request id, detail and every issue', async () => {
    const issues = [{ path: '/files/0/path', message: 'two dots' }, { path: '/files', message: 'bytes', used: 6, limit: 5 }];
    const { url } = await stage((response) => refuse(response, 'draft_invalid', { detail: 'two things', requestId: 'request-0042', issues }));
    const error = await caught(client({ baseUrl: url }).drafts.save('app_1', { version: 1, files: [] }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ name: 'ApiError', code: 'draft_invalid', status: 422, requestId: 'request-0042', detail: 'two things', issues, message: `${problems.draft_invalid.title}: two things` });
  });

  it('has an empty list of issues when there are none', async () => {
    const { url } = await stage((response) => refuse(response, 'app_not_found'));
    expect(await caught(client({ baseUrl: url }).apps.read('none'))).toMatchObject({ code: 'app_not_found', issues: [], message: problems.app_not_found.title });
  });

  it.each(Object.keys(problems) as (keyof typeof problems)[])('is what %s becomes', async (code) => {
    const { url } = await stage((response) => refuse(response, code));
    const error = await caught(client({ baseUrl: url, ...once }).apps.read('app_1'));
    expect(isApiError(error, code)).toBe(true);
    expect(error.status).toBe(problems[code].status);
  });

  it('holds both sides of a conflict and how long to wait', async () => {
    const conflict = { current: makeDraft({ version: 3 }), base: makeDraft({ version: 1 }) };
    const { url } = await stage((response) => answer(response, 409, { ...makeProblem('draft_conflict', { currentVersion: 3 }), conflict }, { 'content-type': 'application/problem+json', 'retry-after': '90' }));
    expect(await caught(client({ baseUrl: url }).drafts.save('app_1', { version: 1, files: [] }))).toMatchObject({ currentVersion: 3, conflict, retryAfterMs: 90_000 });
  });

  it('counts a date in Retry-After from the date of the answer, not from a clock that may be off', async () => {
    const { url } = await stage((response) => refuse(response, 'rate_limited', { headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2026 00:02:00 GMT' } }));
    expect(await caught(client({ baseUrl: url }).apps.read('app_1'))).toMatchObject({ code: 'rate_limited', retryAfterMs: 120_000 });
  });

  it.each<[string, object]>([
    ['a code that is on no list', { code: 'teapot' }],
    ['fields of another shape', { code: 'teapot', issues: [{ path: 1 }, { path: '/x', message: 'known' }, null], currentVersion: 'three', detail: 7, conflict: { current: 'x' }, status: '418' }],
  ])('of a newer server, with %s, is usable', async (_, more) => {
    const { url } = await stage((response) => answer(response, 418, { ...makeProblem('internal'), title: 'I am a teapot', ...more }, { 'content-type': 'application/problem+json' }));
    const error = await caught(client({ baseUrl: url }).apps.read('app_1'));
    expect(error).toMatchObject({ name: 'ApiError', code: 'teapot', status: 418, requestId: 'request-0001', message: 'I am a teapot', detail: undefined, currentVersion: undefined, conflict: undefined });
    expect([isApiError(error), isApiError(error, 'internal'), error.issues]).toEqual([true, false, 'issues' in more ? [{ path: '/x', message: 'known' }] : []]);
  });

  it('is known by its brand, so that two copies of the package understand each other', async () => {
    vi.resetModules();
    const other = await import('@fapi/sdk');
    const error = new other.ApiError(makeProblem('app_not_found'));
    expect(error).not.toBeInstanceOf(ApiError);
    expect([isApiError(error), isApiError(error, 'app_not_found'), isApiError(error, 'forbidden')]).toEqual([true, true, false]);
    for (const other of [new Error('x'), undefined, null, 'app_not_found', { code: 'app_not_found' }]) expect(isApiError(other)).toBe(false);
  });
});

describe('a ConnectionError', () => {
  it('means that nobody listens there', async () => {
    const { url, close } = await stage(() => undefined);
    await close();
    const error = await caught(client({ baseUrl: url, ...once }).apps.read('app_1'));
    expect(error.name).toBe('ConnectionError');
    expect(error.cause.cause.code).toBe('ECONNREFUSED');
  });

  it('means that the connection was cut, before the answer or in the middle of it', async () => {
    let mode = 'before';
    const { url } = await stage((response) => {
      if (mode === 'middle') response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' }).write('{"id":');
      setImmediate(() => response.socket!.destroy());
    });
    const { apps } = client({ baseUrl: url, ...once });
    expect((await caught(apps.read('app_1'))).name).toBe('ConnectionError');
    mode = 'middle';
    expect((await caught(apps.read('app_1'))).name).toBe('ConnectionError');
  });
});

describe('a TimeoutError', () => {
  it('means no answer within timeoutMs, of the client or of the call', async () => {
    const { url } = await stage(() => undefined);
    expect((await caught(client({ baseUrl: url, ...once, timeoutMs: 100 }).apps.read('app_1'))).name).toBe('TimeoutError');
    expect((await caught(client({ baseUrl: url, ...once }).apps.read('app_1', { timeoutMs: 100 }))).name).toBe('TimeoutError');
  });

  it('means an answer that stops in the middle', async () => {
    const { url } = await stage((response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":'));
    expect((await caught(client({ baseUrl: url, ...once, timeoutMs: 100 }).apps.read('app_1'))).name).toBe('TimeoutError');
  });

  it('does not come before timeoutMs, however long that is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    let reached: () => void = () => undefined;
    const isReached = new Promise<void>((resolve) => (reached = resolve));
    const { url } = await stage(() => reached());
    let settled = false;
    const work = caught(client({ baseUrl: url, ...once, timeoutMs: 300_000 }).apps.read('app_1')).finally(() => (settled = true));
    await isReached;
    await vi.advanceTimersByTimeAsync(290_000);
    expect(settled).toBe(false);
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await work).name).toBe('TimeoutError');
  });
});

describe('an AbortError', () => {
  it('means that the signal fired before the call, and nothing was sent', async () => {
    const { url, requests } = await stage((response) => answer(response, 200, makeApp()));
    expect((await caught(client({ baseUrl: url }).apps.read('app_1', { signal: AbortSignal.abort() }))).name).toBe('AbortError');
    expect(requests).toEqual([]);
  });

  it.each([
    ['while the answer is awaited', false],
    ['in the middle of the answer', true],
  ])('means that the signal fired %s; the server sees it go', async (_, isBegun) => {
    const leaving = new AbortController();
    let gone: () => void = () => undefined;
    const isGone = new Promise<void>((resolve) => (gone = resolve));
    const { url, requests } = await stage((response) => {
      response.on('close', gone);
      if (isBegun) response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      setImmediate(() => leaving.abort());
    });
    expect((await caught(client({ baseUrl: url }).apps.read('app_1', { signal: leaving.signal }))).name).toBe('AbortError');
    await isGone;
    expect(requests).toHaveLength(1);
  });

  it('means that the signal fired while a retry was waited for', async () => {
    const leaving = new AbortController();
    const { url, requests } = await stage((response) => {
      refuse(response, 'not_ready', { headers: { 'retry-after': '20' } });
      response.on('finish', () => setImmediate(() => leaving.abort()));
    });
    expect((await caught(client({ baseUrl: url }).apps.read('app_1', { signal: leaving.signal }))).name).toBe('AbortError');
    expect(requests).toHaveLength(1);
  });

  it('keeps the reason that was given', async () => {
    const { url } = await stage(() => undefined);
    const reason = new Error('the page was left');
    expect((await caught(client({ baseUrl: url }).apps.read('app_1', { signal: AbortSignal.abort(reason) }))).cause).toBe(reason);
  });
});

describe('a ContractError', () => {
  it.each([
    ['another shape', { ...makeApp(), draftVersion: 'one' }, 'draftVersion'],
    ['a number for a word', { ...makeApp(), health: 3 }, 'health'],
    ['a new word beside another fault', { ...makeApp(), health: 'fine', title: 1 }, 'title'],
    ['nothing', undefined, 'not JSON'],
  ])('means an answer of %s, and says what is wrong', async (_, body, word) => {
    const { url } = await stage((response) => answer(response, 200, body));
    const error = await caught(client({ baseUrl: url }).apps.read('app_1'));
    expect(error).toMatchObject({ name: 'ContractError', status: 200, message: expect.stringContaining(word) });
    expect(isApiError(error)).toBe(false);
  });

  it.each([200, 403, 404, 502])('means that a proxy answered %i with a page of its own', async (status) => {
    const { url } = await stage((response) => void response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'));
    expect(await caught(client({ baseUrl: url, ...once }).apps.read('app_1'))).toMatchObject({ name: 'ContractError', status });
  });

  it.each([[{ code: 'teapot', message: 'x' }], [{ type: 'about:blank', title: 'Teapot', status: 418 }], [['teapot']], ['teapot']])('means an error that is no problem of ours: %j', async (body) => {
    const { url } = await stage((response) => answer(response, 418, body));
    expect(await caught(client({ baseUrl: url }).apps.read('app_1'))).toMatchObject({ name: 'ContractError', status: 418 });
  });

  it('does not come from fields that a newer server adds', async () => {
    const { url } = await stage((response) => answer(response, 200, { ...ready, load: 0.5 }));
    await expect(client({ baseUrl: url }).health.ready()).resolves.toEqual(ready);
  });
});

describe('an answer of a newer server', () => {
  it('with words that are new is read, and its new fields are left out', async () => {
    const deployment = makeDeployment({ status: 'canary' as never, reason: 'moon_phase' as never, stages: [{ name: 'queued', startedAt: 'x' }, { name: 'canary' as never, startedAt: 'y' }] });
    const app = makeApp({ health: 'dreaming' as never, live: deployment });
    const { url } = await stage((response, { url: path }) => answer(response, 200, path.includes('/apps/') ? { ...app, mood: 'fine', live: { ...deployment, mood: 'fine' } } : { items: [makeApp(), app], nextCursor: undefined }));
    const { apps } = client({ baseUrl: url });
    expect(await apps.read('app_1')).toEqual(app);
    expect(await apps.list()).toEqual({ items: [makeApp(), app] });
  });

  it('with a status that is new is settled when it is live or has ended, and followed until then', () => {
    const status = 'canary' as never;
    expect([isSettled(makeDeployment({ status })), isSettled(makeDeployment({ status, liveAt: 'x' })), isSettled(makeDeployment({ status, endedAt: 'x' }))]).toEqual([false, true, true]);
    expect([isSettled({ status: 'live' }), isSettled({ status: 'failed' }), isSettled({ status: 'queued' })]).toEqual([true, true, false]);
  });

  it('keeps the promise of a single word', async () => {
    const { url } = await stage((response) => answer(response, 200, { ...ready, status: 'somewhat' }));
    expect(await caught(client({ baseUrl: url }).health.ready())).toMatchObject({ name: 'ContractError' });
  });
});

describe('every error of the package', () => {
  const faults: Record<string, Play> = {
    ApiError: (response) => refuse(response, 'internal'),
    ConnectionError: (response) => void response.socket!.destroy(),
    TimeoutError: () => undefined,
    ContractError: (response) => answer(response, 200, { id: 1 }),
    'ContractError of rubbish': (response) => void response.end('secret-token'),
    'ContractError of a proxy': (response) => void response.writeHead(502).end('<html>'),
  };

  it.each(Object.entries(faults))('is known by its brand and holds no token, here %s', async (name, play) => {
    const { url, requests } = await stage(play);
    const fapi = client({ baseUrl: url, ...once, timeoutMs: 200, fetchToken: async () => ({ token: 'secret-token', expiresInSeconds: 600 }) });
    const errors = [await caught(fapi.apps.read('app_1')), await caught(fapi.embedTokens.create({ subject: 'builder' }))];
    for (const error of errors) {
      expect([error.name, isFapiError(error)]).toEqual([name.split(' ')[0], true]);
      expect(`${inspect(error, { depth: 20, showHidden: true })} ${inspect(fapi, { depth: 20, showHidden: true })}`).not.toContain('secret-token');
    }
    expect(requests.every(({ headers }) => headers.authorization === 'Bearer secret-token')).toBe(true);
  });

  it('holds no token either when a fetch of the page throws what holds the request', async () => {
    const fetch: typeof globalThis.fetch = (input) => Promise.reject(Object.assign(new Error('refused by a service worker'), { request: input }));
    const error = await caught(client({ baseUrl: 'http://fapi.example', ...once, fetch, apiKey: 'secret-token' }).apps.read('app_1'));
    expect(error).toMatchObject({ name: 'ConnectionError', message: 'GET /v1/apps/:appId got no answer' });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('secret-token');
  });

  it('is an AbortError or a TokenError too, and nothing else is one', async () => {
    const fapi = client({ baseUrl: 'http://fapi.example', fetchToken: () => Promise.reject(new Error('no')) });
    expect([isFapiError(await caught(fapi.apps.read('app_1', { signal: AbortSignal.abort() }))), isFapiError(await caught(fapi.apps.read('app_1')))]).toEqual([true, true]);
    for (const other of [new Error('x'), undefined, null, 'x', {}]) expect(isFapiError(other)).toBe(false);
    vi.resetModules();
    expect(isFapiError(new (await import('@fapi/sdk')).ConnectionError('x'))).toBe(true);
  });
});
