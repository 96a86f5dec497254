import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from './parts/expect-problem.ts';
import { readStream } from './parts/read-stream.ts';
import { startSystem, type System } from './parts/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.call('/v1/workspaces/other', { method: 'PUT', body: { title: 'Other', origins: ['https://other.example'] } });
});
afterAll(() => system?.stop());

describe('Host and Origin', () => {
  const raw = (headers: Record<string, string>, path = '/v1/session', method = 'GET') => new Promise<{ status: number; json: any; headers: Headers }>((resolve, reject) => {
    // fetch sets Host itself: only a plain request can lie about it.
    void import('node:http').then(({ request }) => {
      const asked = request(new URL(path, system.server.url), { method, headers: { authorization: `Bearer ${system.server.operatorKey}`, ...headers } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => resolve({ status: answer.statusCode!, headers: new Headers(answer.headers as Record<string, string>), json: text === '' ? undefined : JSON.parse(text) }));
      });
      asked.on('error', reject).end();
    });
  });

  it.each(['evil.example', 'evil.example:8787', 'localhost.evil.example', '127.0.0.1.evil.example', '0.0.0.0', 'LOCALHOST.'])('refuses the host %j on every kind of route', async (host) => {
    for (const path of ['/v1/session', '/v1/health/live', '/nothing', `/internal/v1/bundles/${'0'.repeat(64)}`]) expectProblem(await raw({ host }, path), 403, 'host_not_allowed');
  });

  it.each(['localhost', 'localhost:1', '127.0.0.1', '[::1]:80', 'LocalHost'])('takes the host %s', async (host) => {
    expect((await raw({ host })).status).toBe(200);
  });

  it('answers a preflight for the origins of all workspaces, and for no other', async () => {
    const ask = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization, if-match, content-type', authorization: '' };
    const answer = await raw({ ...ask, origin: 'https://other.example' }, '/v1/apps/x/draft', 'OPTIONS');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://other.example');
    expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
    for (const name of ['authorization', 'if-match', 'content-type', 'idempotency-key', 'last-event-id', 'fapi-workspace']) expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(name);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    for (const origin of ['https://evil.example', 'null', 'https://other.example.evil.example', 'http://other.example']) expectProblem(await raw({ ...ask, origin }, '/v1/apps/x/draft', 'OPTIONS'), 403, 'origin_not_allowed');
  });

  it('lets every page read that it is on no list, in one place and nothing else', async () => {
    const ask = async (origin: string, path: string, headers: Record<string, string> = {}) => {
      const answer = await raw({ ...headers, origin }, path);
      return [answer.status, answer.json.code, answer.headers.get('access-control-allow-origin')];
    };
    for (const origin of ['https://evil.example', 'null']) {
      expect(await ask(origin, '/v1/health/live')).toEqual([403, 'origin_not_allowed', '*']);
      for (const path of ['/v1/health/ready', '/v1/session', '/v1/health/live/', '/nothing']) expect(await ask(origin, path)).toEqual([403, 'origin_not_allowed', null]);
      expect(await ask(origin, '/v1/health/live', { host: 'evil.test' })).toEqual([403, 'host_not_allowed', null]);
    }
    expect(await ask('https://other.example', '/v1/health/live')).toEqual([200, undefined, 'https://other.example']);
  });

  it('exposes what a page must read, on answers and on errors', async () => {
    const token = await system.mint({ workspaceId: 'other' });
    for (const path of ['/v1/session', '/v1/nothing']) {
      const answer = await raw({ authorization: `Bearer ${token}`, origin: 'https://other.example' }, path);
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://other.example');
      for (const name of ['etag', 'x-request-id', 'retry-after']) expect(answer.headers.get('access-control-expose-headers')?.toLowerCase()).toContain(name);
      expect(answer.headers.get('vary')?.toLowerCase()).toContain('origin');
    }
  });

  it('refuses a token on a page of another origin than it was minted for', async () => {
    await system.call('/v1/workspaces/pages', { method: 'PUT', body: { title: 'Pages', origins: ['https://a.example', 'https://b.example'] } });
    const token = await system.mint({ workspaceId: 'pages', origins: ['https://a.example'] });
    expect((await raw({ authorization: `Bearer ${token}`, origin: 'https://a.example' })).status).toBe(200);
    expectProblem(await raw({ authorization: `Bearer ${token}`, origin: 'https://b.example' }), 403, 'origin_not_allowed');
  });

  it('refuses a token without origins on a page that only another workspace knows', async () => {
    await system.call('/v1/workspaces/pages', { method: 'PUT', body: { title: 'Pages', origins: ['https://a.example'] } });
    const token = await system.mint({ workspaceId: 'pages' });
    expect((await raw({ authorization: `Bearer ${token}`, origin: 'https://a.example' })).status).toBe(200);
    expectProblem(await raw({ authorization: `Bearer ${token}`, origin: 'https://other.example' }), 403, 'origin_not_allowed');
  });

  it('refuses a token on a page that its workspace has struck off, though another workspace lists it, and ends its streams', async () => {
    const put = (id: string, origins: string[]) => system.call(`/v1/workspaces/${id}`, { method: 'PUT', body: { title: 'Struck', origins } });
    await put('keeps', ['https://struck.example']);
    await put('strikes', ['https://struck.example', 'https://stays.example']);
    const [struck, stays] = [await system.mint({ workspaceId: 'strikes', origins: ['https://struck.example'] }), await system.mint({ workspaceId: 'strikes', origins: ['https://stays.example'] })];
    const [ending, going] = [readStream(system, 'topics=apps', { token: struck }), readStream(system, 'topics=apps', { token: stays })];
    for (const { opened } of [ending, going]) expect((await opened).status).toBe(200);
    expect((await put('strikes', ['https://stays.example'])).status).toBe(200);
    expectProblem(await raw({ authorization: `Bearer ${struck}`, origin: 'https://struck.example' }), 403, 'origin_not_allowed');
    expect((await raw({ authorization: `Bearer ${stays}`, origin: 'https://stays.example' })).status).toBe(200);
    await ending.ended;
    expect(await Promise.race([going.ended.then(() => 'ended'), system.call('/v1/health/live').then(() => 'goes on')])).toBe('goes on');
    await going.stop();
  });

  it.each([['names no pages', undefined], ['names both pages', ['https://struck.example', 'https://stays.example']]])('ends the streams of a page that is struck off, and no others, when their token %s', async (_, origins) => {
    const put = (pages: string[]) => system.call('/v1/workspaces/open', { method: 'PUT', body: { title: 'Open', origins: pages } });
    await put(['https://struck.example', 'https://stays.example']);
    const token = await system.mint({ workspaceId: 'open', ...(origins ? { origins } : {}) });
    const read = (origin: string) => readStream(system, 'topics=apps', { token, origin });
    const [ending, going] = [read('https://struck.example'), read('https://stays.example')];
    for (const { opened } of [ending, going]) expect((await opened).status).toBe(200);
    expect((await put(['https://stays.example', 'https://new.example'])).status).toBe(200);
    await ending.ended;
    expect((await read('https://struck.example').opened).status).toBe(403);
    expect(await Promise.race([going.ended.then(() => 'ended'), system.call('/v1/health/live').then(() => 'goes on')])).toBe('goes on');
    await going.stop();
    expect((await put(['https://stays.example', 'https://struck.example'])).status).toBe(200);
    const anew = read('https://struck.example');
    expect((await anew.opened).status).toBe(200);
    await anew.stop();
  });

  it('never takes the origin "null", whatever a workspace lists', async () => {
    await system.call('/v1/workspaces/opaque', { method: 'PUT', body: { title: 'Opaque', origins: ['data:text/html,x'] } });
    expectProblem(await raw({ origin: 'null' }), 403, 'origin_not_allowed');
  });
});
