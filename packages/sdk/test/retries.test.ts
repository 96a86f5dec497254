import { afterEach, describe, expect, it, vi } from 'vitest';
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

describe('a POST', () => {
  it.each<[string, Play]>([['a cut connection', cut], ['503', (response) => refuse(response, 'not_ready', soon)], ['no answer in time', () => undefined]])('without a key is sent once: %s ends it', async (_, fault) => {
    const { url, requests } = await stage(fault);
    const fapi = client({ baseUrl: url, timeoutMs: 200 });
    await caught(fapi.drafts.validate('app_1', { draftVersion: 1 }, { timeoutMs: 200 }));
    await caught(fapi.drafts.test('app_1', { draftVersion: 1 }, { timeoutMs: 200 }));
    expect(requests.map(({ url: path }) => path)).toEqual(['/v1/apps/app_1/validate', '/v1/apps/app_1/test']);
  });

  it('with a key is sent again with the same key', async () => {
    const { url, requests } = await stage(failing(2, cut, (response) => answer(response, 202, makeDeployment())));
    await client({ baseUrl: url }).deployments.create('app_1', { draftVersion: 1 });
    expect(requests).toHaveLength(3);
    expect(requests[0]!.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('has a key of its own for each click, or the one that was given', async () => {
    const { url, requests } = await stage((response) => answer(response, 202, makeDeployment()));
    const { deployments } = client({ baseUrl: url });
    for (const options of [{}, {}, { idempotencyKey: 'click-1' }]) await deployments.create('app_1', { draftVersion: 1 }, options);
    const keys = requests.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe('click-1');
  });

  it('that makes an app has a key too', async () => {
    const { url, requests } = await stage(failing(1, cut, (response) => answer(response, 201, makeApp())));
    await client({ baseUrl: url }).apps.create({ title: 'Hello' });
    expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(requests).toHaveLength(2);
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
});
