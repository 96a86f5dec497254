import { request as sendRequest } from 'node:http';
import Koa from 'koa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClient, type FapiClient } from '@fapi/sdk';
import { createTokenHandler, koaMiddleware, nodeListener, type TokenHandlerOptions } from '@fapi/sdk/portal';
import { startSystem, type System, until } from '../../server/test/parts/system.ts';
import { listen } from './listen.ts';
import { client, stage } from './on-stage.ts';
import { refuse } from './serve.ts';

let system: System;
let fapi: FapiClient;
beforeAll(async () => {
  system = await startSystem();
  fapi = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
});
afterAll(async () => {
  fapi?.close();
  await system?.stop();
});

const identify = (request: Request) => (request.headers.get('cookie') === 'session=ada' ? { subject: 'ada', scopes: ['apps:read' as const] } : undefined);
const portalWith = (more: Partial<TokenHandlerOptions> = {}) => createTokenHandler({ client: fapi, identify, ...more });
const post = (headers: Record<string, string> = {}, method = 'POST'): Request => new Request('http://portal.example/portal/embed-token', { method, headers: { cookie: 'session=ada', origin: 'https://portal.example', ...headers } });

describe('the token endpoint of a portal', () => {
  it('answers its own page with a token that works and says who the visitor is', async () => {
    const answer = await portalWith()(post());
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const body = await answer.json();
    expect(Object.keys(body)).toEqual(['token', 'expiresInSeconds']);
    const page = client({ baseUrl: system.server.url, fetchToken: async () => body });
    expect(await page.session.read()).toMatchObject({ kind: 'embed', subject: 'ada', scopes: ['apps:read'] });
  });

  it.each<[string, Record<string, string>, readonly string[] | undefined]>([
    ['of another origin', { origin: 'https://evil.example' }, undefined],
    ['of a subdomain', { origin: 'https://blog.portal.example', 'sec-fetch-site': 'same-site' }, undefined],
    ['that says it is cross-site, whatever its origin', { 'sec-fetch-site': 'cross-site' }, undefined],
    ['opened by hand', { 'sec-fetch-site': 'none' }, undefined],
    ['in a sandbox', { origin: 'null' }, undefined],
    ['whose origin is no address', { origin: 'portal.example' }, undefined],
    ['of another port', { origin: 'https://portal.example:8443' }, undefined],
    ['that is not on the list, when there is one', {}, ['https://intranet.example']],
  ])('refuses a page %s, and does not even ask who it is', async (_, headers, origins) => {
    const asked = vi.fn(identify);
    const answer = await portalWith({ identify: asked, origins })(post(headers));
    expect([answer.status, await answer.json(), asked.mock.calls.length]).toEqual([403, { code: 'origin_not_allowed' }, 0]);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('refuses a POST of which nothing says where it comes from', async () => {
    const request = new Request('http://portal.example/', { method: 'POST', headers: { cookie: 'session=ada' } });
    expect((await portalWith()(request)).status).toBe(403);
  });

  it.each<[string, Record<string, string>, readonly string[] | undefined]>([
    ['by Sec-Fetch-Site', { 'sec-fetch-site': 'same-origin' }, undefined], ['behind a proxy that keeps the host', { host: 'portal.example' }, undefined],
    ['on the list, behind a proxy that changes the host', { host: 'backend:3000' }, ['https://portal.example']],
  ])('knows its own page %s', async (_, headers, origins) => {
    expect((await portalWith({ origins })(post(headers))).status).toBe(200);
  });

  it.each(['GET', 'PUT', 'OPTIONS', 'DELETE', 'HEAD'])('takes no %s', async (method) => {
    const answer = await portalWith()(post({}, method));
    expect([answer.status, answer.headers.get('allow'), answer.headers.get('cache-control')]).toEqual([405, 'POST', 'no-store']);
  });

  it('answers 401 to who is not signed in', async () => {
    expect((await portalWith()(post({ cookie: 'session=eve' }))).status).toBe(401);
  });

  it.each<[string, Parameters<typeof refuse>[1], number]>([['that it may not', 'forbidden', 502], ['that it is busy', 'rate_limited', 503], ['that it broke', 'internal', 503]])('says nothing of what fapi said: %s', async (_, code, status) => {
    const { url } = await stage((response) => refuse(response, code, { detail: 'secret-detail', headers: { 'retry-after': '40' } }));
    const told: unknown[] = [];
    const answer = await portalWith({ client: client({ baseUrl: url, apiKey: 'secret-key', retryLimit: 0 }), onError: (error) => told.push(error) })(post());
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([status, status === 503 ? '40' : null, { code: 'no_token' }]);
    expect(told).toMatchObject([{ code }]);
  });

  it('answers 503 when its own session cannot be read', async () => {
    const told: unknown[] = [];
    const answer = await portalWith({ identify: () => Promise.reject(new Error('the session store is down')), onError: (error) => told.push(error) })(post());
    expect([answer.status, told.length]).toEqual([503, 1]);
  });
});

const visit = (url: string, method = 'POST') => fetch(`${url}/portal/embed-token`, { method, headers: { cookie: 'session=ada', origin: url } });

describe('the adapters', () => {
  it('carry it over node:http and Express; identify sees their request', async () => {
    const seen: unknown[] = [];
    const url = await listen(nodeListener(createTokenHandler({ client: fapi, identify: (_, incoming) => (seen.push(incoming.url), { subject: 'ada' }) })));
    const answer = await visit(url);
    expect([answer.status, answer.headers.get('cache-control'), Object.keys(await answer.json())]).toEqual([200, 'no-store', ['token', 'expiresInSeconds']]);
    expect([(await visit(url, 'GET')).status, seen]).toEqual([405, ['/portal/embed-token']]);
  });

  it('carry it over Koa; identify sees its context', async () => {
    const app = new Koa().use((ctx, next) => ((ctx.state['user'] = 'ada'), next())).use(koaMiddleware(createTokenHandler<Koa.Context>({ client: fapi, identify: (_, ctx) => ({ subject: ctx.state['user'] }) })));
    const answer = await visit(await listen(app.callback()));
    expect([answer.status, answer.headers.get('content-type'), Object.keys(await answer.json())]).toEqual([200, 'application/json', ['token', 'expiresInSeconds']]);
  });

  it.each([['//evil.example/x', 'portal'], ['http://evil.example/', 'portal'], ['/x?y#z', 'a b'], ['*', 'user:pass@portal'], ['/', 'evil/portal']])('answer to a request line %j and a host %j that mean no good', async (path, host) => {
    const url = new URL(await listen(nodeListener(portalWith())));
    const status = await new Promise((resolve, reject) => {
      const request = sendRequest({ host: url.hostname, port: url.port, path, method: 'POST', headers: { host, origin: 'https://evil.example' } }, (answer) => (answer.resume(), resolve(answer.statusCode)));
      request.on('error', reject).end();
    });
    expect(status).toBe(403);
  });

  it('end the mint when the visitor leaves', async () => {
    let isGone = false;
    const slow = await stage((response) => void response.on('close', () => (isGone = true)));
    const onError = vi.fn();
    const url = await listen(nodeListener(portalWith({ client: client({ baseUrl: slow.url, apiKey: 'key' }), onError })));
    const leaving = new AbortController();
    const work = fetch(url, { method: 'POST', headers: { cookie: 'session=ada', origin: url }, signal: leaving.signal }).catch(() => undefined);
    await until(() => slow.requests.length, (length) => length === 1);
    leaving.abort();
    await work;
    await until(() => isGone, (is) => is);
    expect(onError).not.toHaveBeenCalled();
  });
});
