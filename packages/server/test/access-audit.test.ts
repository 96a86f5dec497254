import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@fapi/sdk';
import { isWrite } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../src/store/database/open.ts';
import { makeKey, startIdentityProvider } from './parts/identity-provider.ts';
import { prepare, rows, send } from './parts/route-cases.ts';
import { type RunnerSeat, takeRunnerSeat } from './parts/runner-seat.ts';
import { startSystem, type System } from './parts/system.ts';

let system: System;
let seat: RunnerSeat;
beforeAll(async () => {
  system = await startSystem();
  seat = takeRunnerSeat(system.bus);
});
afterAll(async () => {
  await seat?.leave();
  await system?.stop();
});

const audit = async (query = '', headers: Record<string, string> = {}): Promise<any[]> => (await system.call(`/v1/audit?limit=100${query}`, { headers })).json.items;
/** Of every workspace. */
const newest = async (): Promise<any[]> => {
  const workspaces: { id: string }[] = (await system.call('/v1/workspaces?limit=100')).json.items;
  return (await Promise.all(workspaces.map(({ id }) => audit('', { 'fapi-workspace': id })))).flat().toSorted((a, b) => Number(b.id) - Number(a.id));
};
/** But who has an app open: that is said every 20 s, and nothing follows from it. */
const writes = rows.filter(([name, route]) => isWrite(route) && !name.startsWith('presence.'));

describe.each(writes)('%s', (name, route) => {
  it('leaves one audit row when it is done, and none when it is refused or sent again', async () => {
    const place = await prepare(system, name);
    const [last] = await newest();
    const rowsSince = async (): Promise<any[]> => (await newest()).filter(({ id }) => Number(id) > Number(last.id));

    await send(system, name, route, place, { token: '' });
    await send(system, name, route, place, { token: await system.mint({ scopes: [] }) });
    await send(system, name, route, { ...place, appId: 'app_nowhere', sessionId: 'nowhere', apiKeyId: 'nowhere' }, { token: `fak_${'A'.repeat(43)}` });
    if (route.body) expect((await system.call(route.path.replace(/:([A-Za-z]+)/g, (_, part: string) => place[part] ?? 'x'), { method: route.method, body: { nonsense: null, title: 7, files: 7, variables: 7, grants: 7, draftVersion: 'x', role: 7, put: 7, reason: 7, from: 7 }, headers: { 'if-match': '"1"' } })).status).toBeGreaterThanOrEqual(400);
    expect((await rowsSince()).filter(({ action }) => action !== 'embedTokens.create')).toEqual([]);

    const before = (await newest())[0];
    const headers = { 'idempotency-key': `audit ${name}`.replaceAll(/\W/g, '-'), 'x-request-id': `request-of-${name.replaceAll('.', '-')}` };
    const answer = await send(system, name, route, place, { headers });
    expect([answer.status, answer.json?.detail]).toEqual([route.status, undefined]);
    const made = (await newest()).filter(({ id }) => Number(id) > Number(before.id));
    expect(made).toEqual([{ id: expect.any(String), at: expect.any(String), subject: 'operator', kind: 'operator', action: name, requestId: headers['x-request-id'], ...(name === 'apps.clone' ? { appId: answer.json.id } : route.path.includes(':appId') ? { appId: place.appId } : made[0]?.appId ? { appId: answer.json.id } : {}) }]);
    // What holds a secret is never kept to be answered again: it is done again.
    if (name === 'apiKeys.create' || name === 'embedTokens.create') return;
    expect((await send(system, name, route, place, { headers })).status).toBe(route.status);
    expect((await newest()).filter(({ id }) => Number(id) > Number(before.id))).toHaveLength(1);
  });
});

describe('the reader', () => {
  it('pages through everything once, newest first, and filters', async () => {
    const client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
    const app = await client.apps.create({ title: 'Watched' });
    const since = new Date(system.now().getTime() - 1).toISOString();
    const token = await system.mint({ subject: 'ada' });
    for (const title of ['A', 'B', 'C']) await system.call(`/v1/apps/${app.id}`, { method: 'PATCH', token, body: { title } });
    const ids: number[] = [];
    for await (const entry of client.audit.list({ limit: 2 })) ids.push(Number(entry.id));
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => b - a));
    expect(ids.length).toBeGreaterThan(5);
    const of = async (query: Parameters<typeof client.audit.list>[0]) => (await client.audit.list(query)).items.map(({ action, subject, kind }) => `${kind} ${subject} ${action}`);
    expect(await of({ appId: app.id, subject: 'ada' })).toEqual(Array(3).fill('embed ada apps.patch'));
    expect(await of({ appId: app.id, action: 'apps.create' })).toEqual(['operator operator apps.create']);
    expect(await of({ appId: app.id, since: new Date(system.now().getTime() + 60_000).toISOString() })).toEqual([]);
    expect((await of({ since })).length).toBeGreaterThanOrEqual(4);
    client.close();
  });

  it('shows a token the rows of its own apps only', async () => {
    const [mine, other] = [await prepare(system, 'apps.read', { labels: ['mine'] }), await prepare(system, 'apps.read')];
    const token = await system.mint({ role: 'admin', labels: ['mine'] });
    const seen = (await system.call('/v1/audit?limit=100', { token })).json.items;
    expect(new Set(seen.map(({ appId }: { appId: string }) => appId))).toEqual(new Set([mine.appId]));
    expect((await system.call(`/v1/audit?appId=${other.appId}`, { token })).json).toMatchObject({ status: 404, code: 'app_not_found' });
  });

  it.each(['x', 'AAAA', Buffer.from('["2026-01-01T00:00:00.000Z","-5"]').toString('base64url'), Buffer.from('["2026-01-01T00:00:00.000Z","1e400"]').toString('base64url')])('answers no 500 to the cursor %s', async (cursor) => {
    expect((await system.call(`/v1/audit?cursor=${cursor}`)).status).toBeLessThan(500);
  });
});

it('no secret is in a log, in an answer to others, or in any table or file in clear', async () => {
  const own = await startSystem({ FAPI_OPERATOR_KEY: 'fok_operator-needle-0123456789' });
  const provider = await startIdentityProvider([await makeKey('one')], () => ['admins']);
  let isOpen = true;
  const secrets: string[] = [own.server.operatorKey, own.server.controllerKey];
  try {
    const oidc = { issuer: provider.issuer, audience: provider.clientId, roleClaim: 'groups', roles: { admins: 'admin' } };
    await own.call('/v1/workspaces/default', { method: 'PUT', body: { title: 'Default', origins: [], oidc } });
    const key = (await own.call('/v1/api-keys', { method: 'POST', body: { title: 'K', role: 'admin' }, headers: { 'idempotency-key': 'make-a-key' } })).json.key;
    const minted = (await own.call('/v1/embed-tokens', { method: 'POST', token: key, body: { subject: 'x' }, headers: { 'idempotency-key': 'mint-a-token' } })).json.token;
    const user = await provider.signIn('ada');
    const broken = `${user.slice(0, -8)}AAAAAAAA`;
    secrets.push(key, minted, user, broken);
    const texts: string[] = [];
    for (const token of secrets) {
      for (const path of ['/v1/session', '/v1/apps', '/v1/audit', '/v1/api-keys', '/v1/nothing', '/internal/v1/bundles/x', `/v1/events?apps=nothing`]) texts.push((await own.call(path, { token })).text);
      texts.push((await own.call('/v1/apps', { method: 'POST', token, raw: '{', headers: { 'content-type': 'application/json' } })).text);
      texts.push((await own.call('/v1/session', { token, headers: { origin: 'https://evil.example' } })).text);
    }
    const app = (await own.call('/v1/apps', { method: 'POST', token: user, body: { title: 'Mine' } })).json;
    expect(app.createdBy).toContain(':ada');
    await own.server.close();
    isOpen = false;
    const rowsOf = await dump(own.dataDir);
    for (const [place, text] of [['answers', texts.join('\n')], ['log', JSON.stringify(own.logs)], ['tables', rowsOf]] as const) {
      expect(text.length, place).toBeGreaterThan(1_000);
      for (const secret of secrets) expect(text.includes(secret), `${secret.slice(0, 6)}... in ${place}`).toBe(false);
    }
    const files = (await readdir(own.dataDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile() && !/^(?:operator|controller|environment)-key$/.test(entry.name));
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const bytes = await readFile(join(file.parentPath, file.name));
      for (const secret of secrets) expect(bytes.includes(secret), `${secret.slice(0, 6)}... in ${file.name}`).toBe(false);
    }
  } finally {
    await provider.stop();
    await (isOpen ? own.stop() : rm(own.dataDir, { recursive: true, force: true }));
  }
}, 60_000);

/** Every row of every table as text. */
async function dump(dataDir: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'fapi-dump-'));
  await cp(join(dataDir, 'database'), join(copy, 'database'), { recursive: true });
  const database = await openDatabase({ databaseUrl: undefined, dataDir: copy });
  try {
    const tables = await database.db.introspection.getTables();
    const texts = await Promise.all(tables.map(async ({ name }) => JSON.stringify(await database.db.selectFrom(name as 'apps').selectAll().execute())));
    expect(tables.length).toBeGreaterThan(10);
    return texts.join('\n');
  } finally {
    await database.close();
    await rm(copy, { recursive: true, force: true });
  }
}
