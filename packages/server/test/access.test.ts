import { type Role, roles, type Route, scopes } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from './parts/expect-problem.ts';
import { cases, type Place, prepare, roleBelow, roleFor, rows, send } from './parts/route-cases.ts';
import { type RunnerSeat, takeRunnerSeat } from './parts/runner-seat.ts';
import { type StandIn, startStandIn } from './parts/stand-in.ts';
import { startSystem, type System } from './parts/system.ts';

const guarded = rows.filter(([, route]) => route.access !== 'public');
const title = 'Secret of the default workspace';
const [portal, otherPortal] = ['https://portal.example', 'https://other.example'];

let system: System;
let seat: RunnerSeat;
let apps: StandIn;
let secret: Place;
/** A key for each role. */
const keys = {} as Record<Role, string>;
let deletedKey: string;
let otherKey: string;
beforeAll(async () => {
  apps = await startStandIn();
  system = await startSystem({}, { appsPort: () => apps.port });
  seat = takeRunnerSeat(system.bus);
  expect((await system.call('/v1/workspaces/default', { method: 'PUT', body: { title: 'Default', origins: [portal] } })).status).toBe(200);
  expect((await system.call('/v1/workspaces/other', { method: 'PUT', body: { title: 'Other', origins: [otherPortal] } })).status).toBe(200);
  secret = await prepare(system, 'apps.read', { title, labels: ['class:a', 'owner:ada'] });
  for (const role of roles) keys[role] = (await makeKey(role)).key;
  const deleted = await makeKey('admin');
  deletedKey = deleted.key;
  expect((await system.call(`/v1/api-keys/${deleted.id}`, { method: 'DELETE' })).status).toBe(204);
  otherKey = (await makeKey('admin', 'other')).key;
});
afterAll(async () => {
  await seat?.leave();
  await system?.stop();
  await apps?.stop();
});

const makeKey = async (role: Role, workspaceId = 'default', more = {}): Promise<{ id: string; key: string }> =>
  (await system.call('/v1/api-keys', { method: 'POST', body: { title: role, role, ...more }, headers: { 'fapi-workspace': workspaceId } })).json;
const mintSession = async (body: Record<string, unknown>): Promise<{ token: string; sessionId: string }> => (await system.call('/v1/embed-tokens', { method: 'POST', body: { subject: 'builder', role: 'admin', ...body } })).json;
const isAboutApp = (route: Route): boolean => route.path.includes(':appId');

describe('the route table', () => {
  it('has an access case for every row, and no case without its row', () => {
    expect(rows.map(([name]) => name).toSorted()).toEqual(Object.keys(cases).toSorted());
    expect(rows.filter(([name, route]) => (cases[name] === 'public') !== (route.access === 'public')).map(([name]) => name)).toEqual([]);
  });

  it.each(rows)('is mounted: %s', async (name, route) => {
    const answer = await send(system, name, route, secret, { token: 'x'.repeat(20) });
    expect(answer.json?.code).not.toBe('not_found');
    expect(answer.status).not.toBe(405);
  });
});

describe.each(guarded)('%s', (name, route) => {
  const needed = roleFor(route);
  const below = needed && roleBelow(needed);

  it.each([
    ['without a token', () => ''],
    ['with a token that nobody minted', () => `fet_${'A'.repeat(43)}`],
    ['with a key that nobody made', () => `fak_${'A'.repeat(43)}`],
    ['with a wrong key', () => 'fok_wrong-wrong-wrong-wrong-wrong'],
    ['with what only looks like the token of a user', () => 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2V2aWwuZXhhbXBsZSJ9.AAAA'],
    ['with the key of the controller', () => system.server.controllerKey],
    ['with a deleted key', () => deletedKey],
  ])('answers 401 unauthorized %s', async (_, token) => {
    const answer = await send(system, name, route, secret, { token: token() });
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('answers 401 token_expired with an expired token and with an expired key', async () => {
    const token = await system.mint({ ttlSeconds: 1 });
    const { key } = await makeKey('admin', 'default', { expiresAt: new Date(system.now().getTime() + 1_000).toISOString() });
    system.advance(1_001);
    for (const expired of [token, key]) expectProblem(await send(system, name, route, secret, { token: expired }), 401, 'token_expired');
  });

  it('answers 401 unauthorized with a revoked token', async () => {
    const { token, sessionId } = await mintSession({});
    expect((await system.call(`/v1/embed-tokens/${sessionId}`, { method: 'DELETE' })).status).toBe(204);
    expectProblem(await send(system, name, route, secret, { token }), 401, 'unauthorized');
  });

  it('gives nothing of the workspace to a token and a key of another one', async () => {
    for (const token of [await system.mint({ workspaceId: 'other', role: 'admin' }), otherKey]) {
      const answer = await send(system, name, route, secret, { token });
      if (route.access === 'operator') expectProblem(answer, 403, 'forbidden');
      else if (isAboutApp(route)) expectProblem(answer, 404, 'app_not_found');
      expect(answer.text).not.toContain(title);
      expect(answer.text).not.toContain(secret.appId);
      expect(answer.text).not.toContain('treasure');
    }
    expect((await system.call(`/v1/apps/${secret.appId}`)).json).toMatchObject({ title, draftVersion: 1 });
  });

  it('answers 403 forbidden to one role below, to a grant below on the app, and to a token without the scope', async () => {
    if (route.access === 'session') return;
    const without = scopes.filter((scope) => scope !== route.access);
    const refused = needed === undefined ? [keys.admin, await system.mint({ role: 'admin' })] : [await system.mint({ role: 'admin', scopes: without })];
    if (below) refused.push(keys[below], await system.mint({ role: below }));
    for (const token of refused) expectProblem(await send(system, name, route, secret, { token }), 403, 'forbidden');
    if (!below || !isAboutApp(route)) return;
    const subject = `lowered for ${name}`;
    const place = await prepare(system, name, {}, async (appId) => {
      expect((await system.call(`/v1/apps/${appId}/access`, { method: 'PUT', body: { grants: [{ subject, role: below }] } })).status).toBe(200);
    });
    expectProblem(await send(system, name, route, place, { token: await system.mint({ role: 'admin', subject }) }), 403, 'forbidden');
  });

  it('is done for the lowest role that may, whether it is that of a key, of a token or of a grant', async () => {
    if (route.access === 'operator') return;
    const role = needed ?? 'viewer';
    const subject = `granted ${name}`;
    for (const [token, isGrant] of [[keys[role]], [await system.mint({ role })], [await system.mint({ role: 'admin', subject }), true]] as const) {
      // Keys are no business of a page.
      if (name.startsWith('apiKeys.') && token !== keys[role]) continue;
      if (name.startsWith('embedTokens.') && token !== keys[role]) continue;
      const place = await prepare(system, name);
      if (isGrant) await system.call(`/v1/apps/${place.appId}/access`, { method: 'PUT', body: { grants: [{ subject, role }] } });
      const answer = await send(system, name, route, place, { token });
      // A socket has cases of its own; over HTTP it lets in whom it should, and says what it is.
      expect([answer.status, answer.json?.detail]).toEqual(route.response === 'socket' ? [400, 'this address takes WebSockets only'] : [route.status, undefined]);
    }
  });

  it('answers 403 origin_not_allowed to a token on another page than its own, and to a key on any page', async () => {
    const page = async (token: string, origin: string) => send(system, name, route, secret, { token, headers: { origin } });
    const token = await system.mint({ role: 'admin', origins: [portal] });
    for (const origin of [otherPortal, 'https://evil.example', 'null', `${portal}.evil.example`]) expectProblem(await page(token, origin), 403, 'origin_not_allowed');
    for (const key of [system.server.operatorKey, keys.admin]) expectProblem(await page(key, portal), 403, 'origin_not_allowed');
    const preflight = await system.call(route.path.replace(/:[A-Za-z]+/g, 'x'), { method: 'OPTIONS', token: '', headers: { origin: 'https://evil.example', 'access-control-request-method': route.method } });
    expectProblem(preflight, 403, 'origin_not_allowed');
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers 404 app_not_found for an app that is on neither list nor labels of the token', async () => {
    // The operator's routes say to nobody else which apps there are.
    if (!isAboutApp(route) || route.access === 'operator') return;
    for (const limits of [{ apps: [] }, { labels: ['class:b'] }, { labels: ['class:a', 'owner:bob'] }, { apps: [], labels: ['class'] }]) {
      expectProblem(await send(system, name, route, secret, { token: await system.mint({ role: 'admin', ...limits }) }), 404, 'app_not_found');
    }
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
    const answer = await system.call('/v1/embed-tokens', { method: 'POST', body: { subject: 'x', apps: [secret.appId] }, headers: { 'fapi-workspace': 'other' } });
    expectProblem(answer, 404, 'app_not_found');
  });
});

describe('the internal bundles', () => {
  const unknown = '0'.repeat(64);
  it('are given to the controller\'s key only, byte for byte', async () => {
    const { createHash } = await import('node:crypto');
    const specs = (await import('./parts/system.ts')).watchSpecs(system.bus);
    const { until } = await import('./parts/system.ts');
    const spec = await until(() => specs.of(secret.appId), (found) => found !== undefined);
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
