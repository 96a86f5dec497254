import { createClient, type FapiClient } from '@fapi/sdk';
import { builderScopes, roles, scopesOfRole } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { highest, roleOn, scopesFor } from '../src/domain/access/roles.ts';
import { expectProblem } from './parts/expect-problem.ts';
import { readStream } from './parts/read-stream.ts';
import { startSystem, type System, until } from './parts/system.ts';

let system: System;
let client: FapiClient;
beforeAll(async () => {
  system = await startSystem();
  client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
});
afterAll(async () => {
  client?.close();
  await system?.stop();
});
const as = (token: string): FapiClient => createClient({ baseUrl: system.server.url, apiKey: token, retryLimit: 0 });
const mint = (body: Parameters<FapiClient['embedTokens']['create']>[0]) => client.embedTokens.create(body);
const seen = async (token: string): Promise<string[]> => (await as(token).apps.list()).items.map(({ id }) => id).toSorted();
const isReady = (events: any[]): boolean => events.some((event) => event.type === 'ready');

describe('the table of roles', () => {
  it('gives each role what the one below has, and more', () => {
    roles.slice(1).forEach((role, index) => {
      const below = scopesOfRole[roles[index]!];
      expect(scopesOfRole[role]).toEqual(expect.arrayContaining([...below]));
      expect(scopesOfRole[role].length).toBeGreaterThan(below.length);
    });
  });

  it.each([
    ['admin', undefined, 'admin'], ['admin', 'viewer', 'viewer'], ['viewer', 'admin', 'viewer'], [undefined, 'deployer', 'deployer'], [undefined, undefined, undefined], ['editor', 'editor', 'editor'],
  ] as const)('makes of %s with a grant of %s: %s', (own, granted, result) => {
    expect(roleOn(own, granted)).toBe(result);
  });

  it('takes the highest of several, and no scope that a token was not minted with', () => {
    expect([highest([]), highest(['viewer', 'deployer', 'editor'])]).toEqual([undefined, 'deployer']);
    expect(scopesFor('viewer', ['drafts:write', 'apps:read'])).toEqual(['apps:read']);
  });
});

describe('a token of a page', () => {
  it('has what building takes when nothing is named, the whole role when that is, and the named scopes when they are', async () => {
    expect((await as((await mint({ subject: 'a' })).token).session.read()).scopes.toSorted()).toEqual([...builderScopes].toSorted());
    expect((await as((await mint({ subject: 'a', role: 'deployer' })).token).session.read())).toMatchObject({ kind: 'embed', role: 'deployer', scopes: scopesOfRole.deployer });
    expect((await as((await mint({ subject: 'a', role: 'deployer', scopes: ['apps:read'] })).token).session.read()).scopes).toEqual(['apps:read']);
    await expect(mint({ subject: 'a', role: 'viewer', scopes: ['drafts:write'] })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('sees the apps that carry all of its labels and those that it names, and gives what it makes its labels', async () => {
    const make = async (labels: string[]) => (await client.apps.create({ title: `App ${labels.join(' ')}`, labels })).id;
    const [ada, bob, extra] = [await make(['class:7', 'owner:ada']), await make(['class:7', 'owner:bob']), await make([])];
    const student = (await mint({ subject: 'ada', labels: ['class:7', 'owner:ada'] })).token;
    const teacher = (await mint({ subject: 'teacher', labels: ['class:7'], apps: [extra] })).token;
    expect(await seen(student)).toEqual([ada]);
    expect(await seen(teacher)).toEqual([ada, bob, extra].toSorted());
    const made = await as(student).apps.create({ title: 'Made' });
    expect(made.labels).toEqual(['class:7', 'owner:ada']);
    // Also by the next token, which is another session.
    expect(await seen((await mint({ subject: 'ada', labels: ['class:7', 'owner:ada'] })).token)).toEqual([ada, made.id].toSorted());
    expect(await seen(teacher)).toContain(made.id);
  });

  it('does not show its apps to others by labels', async () => {
    const student = as((await mint({ subject: 'eve', labels: ['owner:eve'] })).token);
    const app = await student.apps.create({ title: 'Mine' });
    await expect(student.apps.patch(app.id, { labels: ['owner:ada'] })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(student.apps.create({ title: 'More', labels: ['owner:ada'] })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(as((await mint({ subject: 'eve', apps: [] })).token).apps.create({ title: 'More', labels: ['owner:ada'] })).rejects.toMatchObject({ code: 'forbidden' });
    expect((await client.apps.patch(app.id, { labels: ['b', 'a', 'a'] })).labels).toEqual(['a', 'b']);
    await expect(student.apps.read(app.id)).rejects.toMatchObject({ code: 'app_not_found' });
  });

  it('follows grants and labels while its stream is open', async () => {
    const app = await client.apps.create({ title: 'Later', labels: [] });
    const reader = readStream(system, 'topics=apps', { token: (await mint({ subject: 'ada', labels: ['later'] })).token });
    await until(() => reader.events, isReady);
    await client.apps.patch(app.id, { labels: ['later'] });
    await until(() => reader.events, (events) => events.some((event) => event.app?.id === app.id)).finally(() => reader.stop());
  });

  it('hears no more of an app that is no longer its own, whether it named the app or not, and of the end of one that is', async () => {
    const [lost, kept] = [await client.apps.create({ title: 'Lost', labels: ['mine'] }), await client.apps.create({ title: 'Kept', labels: ['mine'] })];
    const { token } = await mint({ subject: 'ada', labels: ['mine'] });
    const readers = ['topics=apps', `topics=apps&apps=${lost.id},${kept.id}`].map((query) => readStream(system, query, { token }));
    for (const reader of readers) await until(() => reader.events, isReady);
    await client.apps.patch(lost.id, { labels: ['theirs'] });
    await client.apps.patch(lost.id, { title: 'Not for her' });
    await client.apps.delete(kept.id);
    for (const reader of readers) await until(() => reader.events, (events) => events.some((event) => event.type === 'app_deleted' && event.appId === kept.id)).finally(() => reader.stop());
    for (const reader of readers) expect(reader.events.filter((event) => event.appId === lost.id)).toEqual([]);
  });

  it('writes no draft by deploying, when it was minted without that', async () => {
    const app = await client.apps.create({ title: 'Read only' });
    const deployer = as((await mint({ subject: 'ada', role: 'deployer', scopes: ['deployments:write', 'drafts:read'] })).token);
    await expect(deployer.deployments.create(app.id, { draftVersion: 1, patch: { move: [], remove: [], put: [{ path: 'more.py', content: '' }] } })).rejects.toMatchObject({ code: 'forbidden' });
    expect((await client.drafts.read(app.id)).version).toBe(1);
    expect((await deployer.deployments.create(app.id, { draftVersion: 1 })).draftVersion).toBe(1);
  });
});

describe('a role on an app', () => {
  it('lowers what a subject is there, and nowhere else, and never raises it', async () => {
    const [low, high] = [await client.apps.create({ title: 'Low' }), await client.apps.create({ title: 'High' })];
    await client.access.put(low.id, { grants: [{ subject: 'bob', role: 'editor' }] });
    await client.access.put(high.id, { grants: [{ subject: 'carol', role: 'admin' }] });
    const bob = as((await mint({ subject: 'bob', role: 'admin' })).token);
    expect(await bob.session.read({ appId: low.id })).toMatchObject({ role: 'editor', scopes: scopesOfRole.editor });
    expect(await bob.session.read({ appId: high.id })).toMatchObject({ role: 'admin' });
    await expect(bob.deployments.create(low.id, { draftVersion: 1 })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(bob.access.put(low.id, { grants: [] })).rejects.toMatchObject({ code: 'forbidden' });
    const carol = as((await mint({ subject: 'carol', role: 'viewer' })).token);
    await expect(carol.drafts.save(high.id, { version: 1, files: [] })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await client.access.read(low.id)).toEqual({ grants: [{ subject: 'bob', role: 'editor' }] });
    await expect(client.access.put(low.id, { grants: [{ subject: 'x', role: 'viewer' }, { subject: 'x', role: 'admin' }] })).rejects.toMatchObject({ code: 'invalid_request', issues: [{ path: '/grants/1/subject' }] });
  });
});

describe('a key of the workspace', () => {
  it('gives nobody more than it has, is answered once and kept as a digest', async () => {
    const made = await client.apiKeys.create({ title: 'CI', role: 'deployer' });
    expect(made.key).toMatch(/^fak_[\w-]{43}$/);
    expect((await client.apiKeys.list()).items.find(({ id }) => id === made.id)).toEqual({ id: made.id, title: 'CI', role: 'deployer', createdAt: made.createdAt, createdBy: 'operator' });
    expect(await as(made.key).session.read()).toMatchObject({ kind: 'api_key', subject: made.id, role: 'deployer' });
    const admin = as((await client.apiKeys.create({ title: 'Admin', role: 'admin' })).key);
    expect((await admin.apiKeys.create({ title: 'Made by a key', role: 'admin' })).createdBy).toMatch(/^key_/);
    expect((await as((await admin.embedTokens.create({ subject: 'x', role: 'viewer' })).token).session.read()).role).toBe('viewer');
    await expect(as((await mint({ subject: 'x', role: 'admin' })).token).apiKeys.create({ title: 'From a page', role: 'viewer' })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is refused in the name of another workspace', async () => {
    const { key } = await client.apiKeys.create({ title: 'Default only', role: 'admin' });
    expectProblem(await system.call('/v1/session', { token: key, headers: { 'fapi-workspace': 'elsewhere' } }), 404, 'workspace_not_found');
  });

  it('takes with it, when it is deleted, the tokens that it has minted and their streams', async () => {
    const { key, id } = await client.apiKeys.create({ title: 'Leaked', role: 'admin' });
    const { token } = await as(key).embedTokens.create({ subject: 'x' });
    const readers = [readStream(system, '', { token }), readStream(system, '', { token: key })];
    for (const reader of readers) await until(() => reader.events, isReady);
    await client.apiKeys.delete(id);
    for (const reader of readers) await reader.ended;
    for (const secret of [key, token]) expectProblem(await system.call('/v1/session', { token: secret }), 401, 'unauthorized');
    await expect(client.apiKeys.delete(id)).rejects.toMatchObject({ code: 'api_key_not_found' });
  });

  it('leaves the keys that it has made to the workspace, named as theirs, and these their tokens', async () => {
    const maker = await client.apiKeys.create({ title: 'Leaves', role: 'admin' });
    const made = await as(maker.key).apiKeys.create({ title: 'Stays', role: 'admin' });
    const [goes, stays] = [(await as(maker.key).embedTokens.create({ subject: 'x' })).token, (await as(made.key).embedTokens.create({ subject: 'y' })).token];
    await client.apiKeys.delete(maker.id);
    for (const secret of [made.key, stays]) expect((await system.call('/v1/session', { token: secret })).status).toBe(200);
    expectProblem(await system.call('/v1/session', { token: goes }), 401, 'unauthorized');
    const keys = (await client.apiKeys.list()).items.filter(({ createdBy }) => createdBy === maker.id);
    expect(keys).toMatchObject([{ id: made.id, title: 'Stays' }]);
    expect((await client.audit.list({ action: 'apiKeys.create', subject: maker.id })).items).toHaveLength(1);
    await client.apiKeys.delete(made.id);
    for (const secret of [made.key, stays]) expectProblem(await system.call('/v1/session', { token: secret }), 401, 'unauthorized');
  });

  it('has nothing to do with apps: no deletion and no restore of one brings a deleted key or its tokens back', async () => {
    const app = await client.apps.create({ title: 'Comes back' });
    const { key, id } = await client.apiKeys.create({ title: 'Gone', role: 'admin' });
    const { token } = await as(key).embedTokens.create({ subject: 'x', apps: [app.id] });
    await client.apps.delete(app.id);
    await client.apiKeys.delete(id);
    await client.apps.restore(app.id);
    for (const secret of [key, token]) expectProblem(await system.call('/v1/session', { token: secret }), 401, 'unauthorized');
  });

  it('leaves nothing behind that it gives away while it is deleted', async () => {
    for (let round = 0; round < 5; round++) {
      const { key, id } = await client.apiKeys.create({ title: 'Leaked', role: 'admin' });
      const [holder, gone] = [as(key), client.apiKeys.delete(id)];
      const tokens = Promise.allSettled(Array.from({ length: 10 }, () => holder.embedTokens.create({ subject: 'x' })));
      await gone;
      const made = Promise.allSettled(Array.from({ length: 3 }, () => holder.apiKeys.create({ title: 'Too late', role: 'admin' })));
      for (const outcome of await tokens) if (outcome.status === 'fulfilled') expectProblem(await system.call('/v1/session', { token: outcome.value.token }), 401, 'unauthorized');
      for (const outcome of await made) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'unauthorized' } });
    }
  });

  it('mints nothing for others that is more than the key is on an app', async () => {
    const app = await client.apps.create({ title: 'Read only for the key' });
    const { key, id } = await client.apiKeys.create({ title: 'Limited', role: 'admin' });
    await client.access.put(app.id, { grants: [{ subject: id, role: 'viewer' }] });
    const other = await client.apps.create({ title: 'Another' });
    await expect(as(key).embedTokens.create({ subject: 'x', role: 'admin' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(as(key).embedTokens.create({ subject: 'x', role: 'editor', apps: [app.id] })).rejects.toMatchObject({ code: 'forbidden' });
    for (const less of [{ subject: 'x', role: 'viewer' }, { subject: 'x', role: 'admin', apps: [other.id] }, { subject: id, role: 'admin' }] as const) {
      const own = as((await as(key).embedTokens.create({ ...less, ...('apps' in less ? { apps: [...less.apps] } : {}) } as never)).token);
      await expect(own.apps.patch(app.id, { title: 'Taken' })).rejects.toThrow();
    }
  });

  it.each(['9999-12-31T23:59:59-14:00', '0000-01-01T00:00:00Z'])('answers 400 to a time that is in no calendar: %s', async (time) => {
    expectProblem(await system.call('/v1/api-keys', { method: 'POST', body: { title: 'Late', role: 'viewer', expiresAt: time } }), 400, 'invalid_request');
    expectProblem(await system.call(`/v1/audit?since=${encodeURIComponent(time)}`), 400, 'invalid_request');
  });
});

describe('workspaces', () => {
  it('are provisioned, listed and replaced by the operator', async () => {
    for (const id of ['school-b', 'school-a']) await client.workspaces.put(id, { title: id, origins: ['https://a.example/path'], limits: { apps: 5 } });
    const ids: string[] = [];
    for await (const workspace of client.workspaces.list({ limit: 1 })) ids.push(workspace.id);
    expect(ids).toEqual(['default', 'school-a', 'school-b']);
    expect(await client.workspaces.read('school-a')).toEqual({ id: 'school-a', title: 'school-a', origins: ['https://a.example'], limits: { apps: 5 }, usage: { apps: 0 } });
    expect(await client.workspaces.put('school-a', { title: 'A', origins: [] })).toEqual({ id: 'school-a', title: 'A', origins: [], limits: {}, usage: { apps: 0 } });
  });
});

describe('a session that is revoked', () => {
  it('is refused at once, its streams end, and those of others stay', async () => {
    const [one, two] = [await mint({ subject: 'one' }), await mint({ subject: 'two' })];
    const [gone, kept] = [readStream(system, '', { token: one.token }), readStream(system, '', { token: two.token })];
    for (const reader of [gone, kept]) await until(() => reader.events, isReady);
    await client.embedTokens.revoke(one.sessionId);
    await gone.ended;
    expectProblem(await system.call('/v1/session', { token: one.token }), 401, 'unauthorized');
    const app = await client.apps.create({ title: 'News' });
    await until(() => kept.events, (events) => events.some((event) => event.appId === app.id)).finally(() => kept.stop());
    await expect(client.embedTokens.revoke('nobody')).rejects.toMatchObject({ code: 'session_not_found' });
  });

  it('of another workspace is not found, and a page ends its own only', async () => {
    await client.workspaces.put('apart', { title: 'Apart', origins: [] });
    const { sessionId } = await mint({ subject: 'x' });
    expectProblem(await system.call(`/v1/embed-tokens/${sessionId}`, { method: 'DELETE', headers: { 'fapi-workspace': 'apart' } }), 404, 'session_not_found');
    const page = await mint({ subject: 'y', role: 'admin' });
    await expect(as(page.token).embedTokens.revoke(sessionId)).rejects.toMatchObject({ code: 'session_not_found' });
    await as(page.token).embedTokens.revoke(page.sessionId);
    expectProblem(await system.call('/v1/session', { token: page.token }), 401, 'unauthorized');
  });

  it('ends its streams on another server of the same database within a second', async () => {
    const postgres: PostgresServer = await startPostgres();
    const environment = { FAPI_DATABASE_URL: await postgres.createDatabase(), FAPI_OPERATOR_KEY: 'key-of-both-servers-1', FAPI_ENVIRONMENT_KEY: 'key-of-both-servers-1' };
    const [here, there] = [await startSystem(environment), await startSystem(environment)];
    try {
      const { token, sessionId } = (await here.call('/v1/embed-tokens', { method: 'POST', body: { subject: 'x' } })).json;
      const reader = readStream(there, '', { token });
      await until(() => reader.events, isReady);
      expect((await here.call(`/v1/embed-tokens/${sessionId}`, { method: 'DELETE' })).status).toBe(204);
      const revokedAt = performance.now();
      await reader.ended;
      // Twice of what is promised, for a machine that is busy.
      expect(performance.now() - revokedAt).toBeLessThan(2_000);
    } finally {
      await here.stop();
      await there.stop();
      await postgres.stop();
    }
  });
});
