import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, isApiError } from '@fapi/sdk';
import { problems } from '@fapi/sdk/contract';
import { makeApp, ready } from './made.ts';
import { caught, client, stage } from './on-stage.ts';
import { answer, makeProblem, refuse } from './serve.ts';

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
    ['a word that is not in the contract', { ...makeApp(), health: 'fine' }, 'health'],
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

  it('means an error with a code that is on no list', async () => {
    const { url } = await stage((response) => answer(response, 418, { ...makeProblem('internal'), code: 'teapot' }, { 'content-type': 'application/problem+json' }));
    expect(await caught(client({ baseUrl: url }).apps.read('app_1'))).toMatchObject({ name: 'ContractError', status: 418 });
  });

  it('does not come from fields that a newer server adds', async () => {
    const { url } = await stage((response) => answer(response, 200, { ...ready, load: 0.5 }));
    await expect(client({ baseUrl: url }).health.ready()).resolves.toEqual(ready);
  });
});
