import { execFile } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FapiClient } from '@fapi/sdk';
import { makeApp, makeDeployment, makeDraft } from './made.ts';
import { caught, client, stage } from './on-stage.ts';
import { answer, type Play, refuse } from './serve.ts';

afterEach(() => vi.useRealTimers());
const soon = { headers: { 'retry-after': '0' } };
/** Fails as `fault` says, then answers. */
const failing = (times: number, fault: Play, then: Play): Play => (response, request, nth) => (nth <= times ? fault(response, request, nth) : then(response, request, nth));
const cut: Play = (response) => void response.socket!.destroy();
const cutInTheMiddle: Play = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' }).write('{"id":');
  setImmediate(() => response.socket!.destroy());
};

describe('a call that may be repeated', () => {
  it.each<[string, Play]>([
    ['503', (response) => refuse(response, 'not_ready', soon)], ['429', (response) => refuse(response, 'rate_limited', soon)], ['500', (response) => refuse(response, 'internal')],
    ['a page of a proxy with 502', (response) => void response.writeHead(502).end('<html>')], ['a cut connection', cut], ['a cut in the middle of the answer', cutInTheMiddle],
  ])('is sent again after %s', async (_, fault) => {
    const { url, requests } = await stage(failing(2, fault, (response) => answer(response, 200, makeApp())));
    await expect(client({ baseUrl: url }).apps.read('app_1')).resolves.toMatchObject({ id: 'app_1' });
    expect(requests).toHaveLength(3);
  });

  it('is sent again after no answer in time', async () => {
    const { url, requests } = await stage(failing(1, () => undefined, (response) => answer(response, 200, makeApp())));
    await client({ baseUrl: url, timeoutMs: 200 }).apps.read('app_1');
    expect(requests).toHaveLength(2);
  });

  it('ends with the last error after retryLimit retries', async () => {
    const { url, requests } = await stage((response, _, nth) => refuse(response, 'not_ready', { ...soon, requestId: `request-${nth}` }));
    expect(await caught(client({ baseUrl: url, retryLimit: 3 }).apps.read('app_1'))).toMatchObject({ code: 'not_ready', requestId: 'request-4' });
    expect(requests).toHaveLength(4);
  });

  it.each(['app_not_found', 'forbidden', 'draft_conflict', 'draft_invalid', 'body_too_large'] as const)('is not sent again after %s', async (code) => {
    const { url, requests } = await stage((response) => refuse(response, code));
    expect(await caught(client({ baseUrl: url }).drafts.save('app_1', { version: 1, files: [] }))).toMatchObject({ code });
    expect(requests).toHaveLength(1);
  });

  it('carries the same body, version and address each time', async () => {
    const { url, requests } = await stage(failing(2, cut, (response) => answer(response, 200, makeDraft({ version: 8 }))));
    await client({ baseUrl: url }).drafts.save('app_1', { version: 7, files: [{ path: 'main.py', content: 'é' }] });
    expect(new Set(requests.map(({ method, url: path, body, headers }) => `${method} ${path} ${headers['if-match']} ${body}`)))
      .toEqual(new Set(['PUT /v1/apps/app_1/draft "7" {"files":[{"path":"main.py","content":"é"}]}']));
    expect(requests).toHaveLength(3);
  });
});

describe('a call that changes something', { timeout: 30_000 }, () => {
  it.each<[string, (fapi: FapiClient) => Promise<unknown>]>([
    ['POST', (fapi) => fapi.deployments.create('app_1', { draftVersion: 1 })],
    ['POST without a body', (fapi) => fapi.deployments.cancel('app_1', 'dep_1')],
    ['PUT', (fapi) => fapi.drafts.save('app_1', { version: 1, files: [] })],
    ['PATCH', (fapi) => fapi.apps.patch('app_1', { title: 'New' })],
    ['DELETE', (fapi) => fapi.apps.delete('app_1')],
  ])('with %s is sent again with the same key, so that it is done once', async (_, act) => {
    const { url, requests } = await stage(failing(2, cut, (response, { method, url: path }) => (method === 'DELETE' ? answer(response, 204) : answer(response, 200, path.endsWith('draft') ? makeDraft() : path.endsWith('app_1') ? makeApp() : makeDeployment()))));
    await act(client({ baseUrl: url }));
    expect(requests).toHaveLength(3);
    expect(requests[0]!.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('has a key in a page without TLS too, where there is no randomUUID', async () => {
    const { url, requests } = await stage((response) => answer(response, 204));
    vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => webcrypto.getRandomValues(bytes) });
    await client({ baseUrl: url }).apps.delete('app_1').finally(() => vi.unstubAllGlobals());
    expect(requests[0]!.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each<[string, Play]>([['a cut connection', cut], ['503', (response) => refuse(response, 'not_ready', soon)], ['no answer in time', () => undefined]])('has no key when it only works, and is then sent once: %s ends it', async (_, fault) => {
    const { url, requests } = await stage(fault);
    const { drafts } = client({ baseUrl: url });
    await caught(drafts.validate('app_1', { draftVersion: 1 }, { timeoutMs: 200 }));
    await caught(drafts.test('app_1', { draftVersion: 1 }, { timeoutMs: 200 }));
    expect(requests.map(({ url: path, headers }) => [path, headers['idempotency-key']])).toEqual([['/v1/apps/app_1/validate', undefined], ['/v1/apps/app_1/test', undefined]]);
  });

  it('has none when it only reads', async () => {
    const { url, requests } = await stage((response) => answer(response, 200, makeApp()));
    await client({ baseUrl: url }).apps.read('app_1');
    expect(requests[0]!.headers).not.toHaveProperty('idempotency-key');
  });

  it('has a key of its own for each click, or the one that was given', async () => {
    const { url, requests } = await stage((response) => answer(response, 202, makeDeployment()));
    const { deployments } = client({ baseUrl: url });
    for (const options of [{}, {}, { idempotencyKey: 'click-1' }]) await deployments.create('app_1', { draftVersion: 1 }, options);
    const keys = requests.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe('click-1');
  });
});

describe('Retry-After', () => {
  it.each([
    ['seconds', () => '20'],
    ['a date', () => new Date(Date.now() + 20_000).toUTCString()],
  ])('in %s is waited for before the next try', async (_, retryAfter) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    let sent: () => void = () => undefined;
    const isSent = new Promise<void>((resolve) => (sent = resolve));
    const { url, requests } = await stage(failing(1, (response) => {
      refuse(response, 'rate_limited', { headers: { 'retry-after': retryAfter() } });
      sent();
    }, (response) => answer(response, 200, makeApp())));
    const work = client({ baseUrl: url }).apps.read('app_1');
    await isSent;
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    await vi.advanceTimersByTimeAsync(18_000);
    expect(requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3_000);
    await work;
    expect(requests).toHaveLength(2);
  });

  it.each(['3600', new Date(Date.now() + 3_600_000).toUTCString()])('of %s is longer than a person waits: the error comes at once', async (retryAfter) => {
    const { url, requests } = await stage((response) => refuse(response, 'rate_limited', { headers: { 'retry-after': retryAfter } }));
    expect(await caught(client({ baseUrl: url }).apps.read('app_1'))).toMatchObject({ code: 'rate_limited' });
    expect(requests).toHaveLength(1);
  });

  it('that would end after the call\'s own time ends it at once, with what the server said', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { url, requests } = await stage((response) => refuse(response, 'rate_limited', { headers: { 'retry-after': '25' } }));
    const work = caught(client({ baseUrl: url, retryLimit: 9 }).apps.read('app_1'));
    // One step takes less than the time limit of an attempt that is under way.
    const isOver = work.then(() => true);
    while (!(await Promise.race([isOver, new Promise((resolve) => setImmediate(resolve, false))]))) await vi.advanceTimersByTimeAsync(100);
    expect(await work).toMatchObject({ code: 'rate_limited', retryAfterMs: 25_000 });
    expect(requests).toHaveLength(3);
  });

  it.each(['soon', '-1', '0.5.5', '12 Aug'])('of "%s" says nothing: the usual pause is made', async (retryAfter) => {
    const { url, requests } = await stage(failing(1, (response) => refuse(response, 'not_ready', { headers: { 'retry-after': retryAfter } }), (response) => answer(response, 200, makeApp())));
    await client({ baseUrl: url }).apps.read('app_1');
    expect(requests).toHaveLength(2);
  });

  it('is what counts: the reset of a rate limit, which comes with every answer, is not waited for', async () => {
    const { url, requests } = await stage(failing(1, (response) => refuse(response, 'not_ready', { headers: { 'ratelimit-reset': '3600' } }), (response) => answer(response, 200, makeApp())));
    await client({ baseUrl: url }).apps.read('app_1');
    expect(requests).toHaveLength(2);
  });
});

describe('what a browser says of a lost connection', () => {
  it.each(['Error in input stream', 'Load failed', 'net::ERR_NETWORK_CHANGED'])('"%s" is one, and the call is sent again', async (words) => {
    const { url, requests } = await stage((response) => answer(response, 200, makeApp()));
    let isFirst = true;
    const fetch: typeof globalThis.fetch = (...asked) => {
      if (!isFirst) return globalThis.fetch(...asked);
      isFirst = false;
      return Promise.reject(new TypeError(words));
    };
    await client({ baseUrl: url, fetch }).apps.read('app_1');
    expect(requests).toHaveLength(1);
  });
});

describe('a call that is left', { timeout: 30_000 }, () => {
  it('ends at once even when a fetch of the page does not heed its signal', async () => {
    const leaving = new AbortController();
    const fetch: typeof globalThis.fetch = () => {
      setImmediate(() => leaving.abort());
      return new Promise(() => undefined);
    };
    expect(await caught(client({ baseUrl: 'http://fapi.example', fetch }).apps.read('app_1', { signal: leaving.signal }))).toMatchObject({ name: 'AbortError' });
  });

  it('leaves no timer and no socket behind, wherever it was', async () => {
    const { url } = await stage((response, { url: path }) => {
      if (path.endsWith('/pause')) refuse(response, 'not_ready', { headers: { 'retry-after': '29', connection: 'close' } });
      if (path.endsWith('/body')) response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    });
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=fapi-source', '--input-type=module', '--eval', `
      import { createClient } from '@fapi/sdk';
      const left = () => process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|Immediate/.test(name));
      const names = [];
      for (const [where, fetchToken] of [['token', () => new Promise(() => undefined)], ['answer'], ['body'], ['pause'], ['stream']]) {
        const leaving = new AbortController();
        const fapi = createClient({ baseUrl: '${url}', ...(fetchToken && { fetchToken }) });
        const work = where === 'stream' ? fapi.events.stream({ signal: leaving.signal })[Symbol.asyncIterator]().next() : fapi.apps.read(where, { signal: leaving.signal });
        setTimeout(() => leaving.abort(), 300);
        await work.catch((error) => names.push(where + ' ' + error.name));
        fapi.close();
      }
      for (let tries = 0; left().length > 0 && tries < 200; tries++) await new Promise((resolve) => setImmediate(resolve));
      console.log(JSON.stringify([names, left()]));
    `], { cwd: import.meta.dirname, timeout: 20_000 });
    expect(JSON.parse(stdout)).toEqual([['token', 'answer', 'body', 'pause', 'stream'].map((where) => `${where} AbortError`), []]);
  });
});
