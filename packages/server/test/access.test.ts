import { type Route, routes } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSystem, type System } from './system.ts';

const hello = [{ path: 'main.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()\n' }];

/** How to call each row so that only access can refuse it. A row of the table without an entry here fails the first test. */
const cases: Record<string, { body?: unknown; headers?: Record<string, string> } | 'public'> = {
  'apps.create': { body: { title: 'Another' } },
  'apps.list': {},
  'apps.read': {},
  'apps.patch': { body: { settings: { exclusive: false } } },
  'apps.delete': {},
  'apps.metrics': {},
  'drafts.read': {},
  'drafts.save': { body: { files: hello }, headers: { 'if-match': '"1"' } },
  'drafts.validate': { body: { draftVersion: 1 } },
  'drafts.test': { body: { draftVersion: 1 } },
  'environment.read': {},
  'environment.save': { body: { variables: [] }, headers: { 'if-match': '"0"' } },
  'egress.read': {},
  'egress.put': { body: { grants: [] } },
  'deployments.create': { body: { draftVersion: 1 } },
  'deployments.list': {},
  'deployments.read': {},
  'deployments.cancel': {},
  'events.stream': {},
  'logs.read': {},
  'embedTokens.create': { body: { subject: 'x' } },
  'session.read': {},
  'workspaces.put': { body: { title: 'Mine', origins: [] } },
  'workspaces.read': {},
  'runtime.read': {},
  'backup.read': {},
  'health.live': 'public',
  'health.ready': 'public',
  'health.openapi': 'public',
};
const rows: [string, Route][] = Object.entries(routes).flatMap(([resource, group]) => Object.entries(group as Record<string, Route>).map(([name, route]): [string, Route] => [`${resource}.${name}`, route]));
const guarded = rows.filter(([, route]) => route.access !== 'public');

let system: System;
let secrets: { appId: string; deploymentId: string; title: string };
beforeAll(async () => {
  system = await startSystem();
  const title = 'Secret of the default workspace';
  const app = await system.call('/v1/apps', { method: 'POST', body: { title, files: [{ path: 'main.py', content: 'treasure = 1' }] } });
  const deployment = await system.call(`/v1/apps/${app.json.id}/deployments`, { method: 'POST', body: { draftVersion: 1 } });
  secrets = { appId: app.json.id, deploymentId: deployment.json.id, title };
  expect((await system.call('/v1/workspaces/other', { method: 'PUT', body: { title: 'Other', origins: ['https://other.example'] } })).status).toBe(200);
});
afterAll(() => system?.stop());

const pathOf = (route: Route): string => route.path.replace(':appId', secrets.appId).replace(':deploymentId', secrets.deploymentId).replace(':workspaceId', 'default');
function send(name: string, route: Route, token: string, more: Record<string, string> = {}): Promise<{ status: number; json: any; text: string; headers: Headers }> {
  const known = cases[name];
  const { body, headers = {} } = known === undefined || known === 'public' ? { body: undefined } : known;
  return system.call(pathOf(route), { method: route.method, token, ...(body === undefined ? {} : { body }), headers: { ...headers, ...more } });
}
function expectProblem(answer: { status: number; json: any; headers: Headers }, status: number | number[], code: string | string[]): void {
  expect([status].flat()).toContain(answer.status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect([code].flat()).toContain(answer.json.code);
  expect(answer.json).toMatchObject({ status: answer.status, requestId: answer.headers.get('x-request-id'), title: expect.any(String), type: expect.any(String) });
}

describe('the route table', () => {
  it('has an access case for every row', () => {
    expect(rows.map(([name]) => name).filter((name) => !(name in cases))).toEqual([]);
    expect(rows.filter(([name, route]) => (cases[name] === 'public') !== (route.access === 'public')).map(([name]) => name)).toEqual([]);
  });

  it.each(rows)('is mounted: %s', async (_, route) => {
    const answer = await system.call(pathOf(route), { method: route.method, token: 'x'.repeat(20), ...(route.body ? { body: {} } : {}) });
    expect(answer.json?.code).not.toBe('not_found');
    expect(answer.status).not.toBe(405);
  });
});

describe.each(guarded)('%s', (name, route) => {
  it.each([
    ['without a token', ''],
    ['with a token that nobody minted', `fet_${'A'.repeat(43)}`],
    ['with a wrong key', 'fok_wrong-wrong-wrong-wrong-wrong'],
  ])('answers 401 unauthorized %s', async (_, token) => {
    const answer = await send(name, route, token);
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('answers 401 unauthorized to the controller\'s key', async () => {
    expectProblem(await send(name, route, system.server.controllerKey), 401, 'unauthorized');
  });

  it('answers 401 token_expired with an expired token', async () => {
    const token = await system.mint({ ttlSeconds: 1 });
    system.advance(1_001);
    expectProblem(await send(name, route, token), 401, 'token_expired');
  });

  it('gives nothing of the workspace to a token of another one', async () => {
    const token = await system.mint({ workspaceId: 'other' });
    if (name === 'events.stream') {
      expectProblem(await system.call(`/v1/events?apps=${secrets.appId}`, { token }), 404, 'app_not_found');
      return;
    }
    for (const headers of [{}, { 'fapi-workspace': 'default' }]) {
      const answer = await send(name, route, token, headers as Record<string, string>);
      if (route.access === 'operator') expectProblem(answer, 403, 'forbidden');
      else if (route.path.includes(':appId')) expectProblem(answer, 404, 'app_not_found');
      expect(answer.text).not.toContain(secrets.title);
      expect(answer.text).not.toContain(secrets.appId);
      expect(answer.text).not.toContain('treasure');
    }
    expect((await system.call(`/v1/apps/${secrets.appId}`)).json).toMatchObject({ title: secrets.title, draftVersion: 1 });
  });

  it('answers 403 forbidden to a token without the scope', async () => {
    if (route.access === 'session') return expect((await send(name, { ...route, path: '/v1/session' }, await system.mint({ scopes: [] }))).status).toBe(200);
    return expectProblem(await send(name, route, await system.mint({ scopes: [] })), 403, 'forbidden');
  });

  it('answers 404 app_not_found for an app that is not on the token\'s list', async () => {
    // The operator's routes say to nobody else which apps there are.
    if (!route.path.includes(':appId') || route.access === 'operator') return;
    const token = await system.mint({ apps: [] });
    expectProblem(await send(name, route, token), 404, 'app_not_found');
  });
});

describe('a token that is limited to apps', () => {
  it('lists its apps only, and those that it creates, even two at once', async () => {
    const first = (await system.call('/v1/apps', { method: 'POST', body: { title: 'Listed' } })).json.id;
    const token = await system.mint({ apps: [first] });
    const made = await Promise.all(Array.from({ length: 8 }, (_, index) => `App ${index}`).map((title) => system.call('/v1/apps', { method: 'POST', token, body: { title } })));
    expect(made.map((answer) => answer.status)).toEqual(made.map(() => 201));
    const listed = (await system.call('/v1/apps', { token })).json.items.map((app: { id: string }) => app.id);
    expect(listed.toSorted()).toEqual([first, ...made.map((answer) => answer.json.id)].toSorted());
  });

  it('may not be minted for apps of another workspace', async () => {
    const answer = await system.call('/v1/embed-tokens', { method: 'POST', body: { subject: 'x', apps: [secrets.appId] }, headers: { 'fapi-workspace': 'other' } });
    expectProblem(answer, 404, 'app_not_found');
  });
});

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

  it('never takes the origin "null", whatever a workspace lists', async () => {
    await system.call('/v1/workspaces/opaque', { method: 'PUT', body: { title: 'Opaque', origins: ['data:text/html,x'] } });
    expectProblem(await raw({ origin: 'null' }), 403, 'origin_not_allowed');
  });
});

describe('the internal bundles', () => {
  const unknown = '0'.repeat(64);
  it('are given to the controller\'s key only, byte for byte', async () => {
    const { createHash } = await import('node:crypto');
    const specs = (await import('./system.ts')).watchSpecs(system.bus);
    const { until } = await import('./system.ts');
    const spec = await until(() => specs.of(secrets.appId), (found) => found !== undefined);
    specs.stop();
    const sha256 = spec?.desired.state === 'live' ? spec.desired.bundleSha256 : '';
    const get = (token: string) => fetch(new URL(`/internal/v1/bundles/${sha256}`, system.server.url), { headers: token === '' ? {} : { authorization: `Bearer ${token}` } });
    const answer = await get(system.server.controllerKey);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-tar']);
    expect(createHash('sha256').update(new Uint8Array(await answer.arrayBuffer())).digest('hex')).toBe(sha256);
    for (const token of ['', system.server.operatorKey, await system.mint({}), `${system.server.controllerKey}x`]) expect((await get(token)).status).toBe(401);
  });

  it.each([unknown, 'x', '..%2f..%2fetc', `${unknown}/x`, 'A'.repeat(64), ''])('answer 404 not_found for %j', async (sha256) => {
    expectProblem(await system.call(`/internal/v1/bundles/${sha256}`, { token: system.server.controllerKey }), 404, 'not_found');
  });
});

it('keeps secrets out of the log', () => {
  const text = JSON.stringify(system.logs);
  expect(system.logs.length).toBeGreaterThan(20);
  expect(text).not.toContain(system.server.operatorKey);
  expect(text).not.toContain(system.server.controllerKey);
  expect(text).not.toMatch(/fet_[A-Za-z0-9_-]{20,}/);
  expect(text).not.toContain('?');
});
