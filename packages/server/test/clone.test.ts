import { createClient, type FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import { environmentPath } from '@fapi/runner-controller/work';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../src/store/database/postgres.ts';
import { databases, startSystemOn } from './parts/databases.ts';
import { main, playRunner, type RunnerPlay, settled } from './parts/runner-play.ts';
import type { System } from './parts/system.ts';

describe.each(databases)('a clone on %s', (kind) => {
  let system: System;
  let runner: RunnerPlay;
  let databaseUrl: string | undefined;
  const clients: FapiClient[] = [];
  const open = (apiKey = system.server.operatorKey, workspaceId?: string): FapiClient => {
    clients.push(createClient({ baseUrl: system.server.url, apiKey, workspaceId, retryLimit: 0 }));
    return clients.at(-1)!;
  };
  beforeAll(async () => {
    const started = await startSystemOn(kind);
    [system, databaseUrl] = [started, started.databaseUrl];
    runner = playRunner(system);
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    runner?.stop();
    await system?.stop();
  });

  /** Revision one is old, two is live, the draft is three. */
  const makeSource = async (client: FapiClient, more: { labels?: string[] } = {}): Promise<{ app: App; digests: [string, string] }> => {
    const app = await client.apps.create({ title: 'Source', files: [...main('one'), { path: 'old.py', content: 'x = 1\n' }], ...more });
    const one = await settled(client, await client.deployments.create(app.id, { draftVersion: 1 }));
    const two = await settled(client, await client.deployments.create(app.id, { draftVersion: 1, patch: { put: main('two'), remove: ['old.py'] } }));
    await client.drafts.save(app.id, { version: 2, files: main('three') });
    await client.environment.save(app.id, { version: 0, variables: [{ name: 'KEY', value: 's3cret', secret: true, scope: 'live' }, { name: 'MODE', value: 'fast' }] });
    return { app, digests: [one.revision, two.revision] };
  };
  const values = async (appId: string) => (await system.call(environmentPath(appId, 1, 'live'), { token: system.server.controllerKey })).json;

  it('of the draft has its files, its base, its own address and nothing live', async () => {
    const client = open();
    const { app, digests } = await makeSource(client);
    await client.apps.patch(app.id, { settings: { exclusive: true } });
    const clone = await client.apps.clone(app.id);
    expect(clone).toMatchObject({ title: 'Copy of Source', freshness: 'never_deployed', draftVersion: 1, settings: { exclusive: true } });
    expect([clone.id === app.id, clone.host === app.host, clone.latest]).toEqual([false, false, undefined]);
    expect(await client.drafts.read(clone.id)).toMatchObject({ files: main('three'), baseRevision: digests[1] });
    expect((await client.environment.read(clone.id))).toMatchObject({ version: 0, variables: [] });
    // What it came from is there to be looked at, compared and asked for.
    expect(await client.revisions.list(clone.id)).toMatchObject({ items: [{ digest: digests[1], number: 1, comment: 'cloned from Source', isLive: false }] });
    expect((await client.revisions.diff(clone.id, { from: digests[1], to: 'draft' })).files).toMatchObject([{ path: 'main.py', change: 'changed' }]);
    expect(await settled(client, await client.deployments.create(clone.id, { revision: digests[1] }))).toMatchObject({ status: 'live', trigger: 'deploy' });
  });

  it('of what is live, or of a revision, has the files of that one', async () => {
    const client = open();
    const { app, digests } = await makeSource(client);
    const [live, old] = [await client.apps.clone(app.id, { from: 'live', title: ' Mine ' }), await client.apps.clone(app.id, { from: digests[0] })];
    expect(live.title).toBe('Mine');
    expect(await client.drafts.read(live.id)).toMatchObject({ files: main('two'), baseRevision: digests[1] });
    expect((await client.drafts.read(old.id)).files.map(({ path }) => path)).toEqual(['main.py', 'old.py']);
    await expect(client.apps.clone(app.id, { from: `sha256:${'0'.repeat(64)}` })).rejects.toMatchObject({ code: 'revision_not_found' });
    await expect(client.apps.clone((await client.apps.create({ title: 'New' })).id, { from: 'live' })).rejects.toMatchObject({ code: 'not_live' });
  });

  it('outlives the app that it came from, texts included', async () => {
    const client = open();
    const { app, digests } = await makeSource(client);
    const clone = await client.apps.clone(app.id);
    await client.apps.delete(app.id);
    expect((await client.drafts.read(clone.id)).files).toEqual(main('three'));
    const saved = await client.drafts.patch(clone.id, { version: 1, put: [{ path: 'again.py', content: 'y = 2\n' }] });
    expect(saved.version).toBe(2);
    expect((await client.revisions.files(clone.id, digests[1])).files).toEqual(main('two'));
  });

  it('takes no variables, their names, or their values', async () => {
    const client = open();
    const { app } = await makeSource(client);
    const keys = await client.apps.clone(app.id, { environment: 'keys' });
    expect((await client.environment.read(keys.id)).variables).toEqual([{ name: 'KEY', secret: true, scope: 'live' }, { name: 'MODE', secret: false, scope: 'both', value: '' }]);
    expect((await values(keys.id)).variables).toEqual({ KEY: '', MODE: '' });
    const whole = await client.apps.clone(app.id, { environment: 'values' });
    expect(await values(whole.id)).toEqual({ variables: { KEY: 's3cret', MODE: 'fast' }, secrets: ['KEY'] });
    expect((await client.environment.read(whole.id)).variables[0]).not.toHaveProperty('value');
    expect(JSON.stringify(system.logs)).not.toContain('s3cret');
    if (databaseUrl === undefined) return;
    // In clear it is in no row of any table, answers that are kept for a second call included.
    const { db, close } = await openPostgres(databaseUrl);
    const { rows: tables } = await sql<{ name: string }>`select table_name as name from information_schema.tables where table_schema = 'public'`.execute(db);
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) expect([name, (await sql`select 1 from ${sql.table(name)} as row where row::text like '%s3cret%'`.execute(db)).rows]).toEqual([name, []]);
    await close();
  });

  it('is deployed when asked to, with its environment', async () => {
    const client = open();
    const { app, digests } = await makeSource(client);
    for (const [from, revision] of [['draft', undefined], ['live', digests[1]]] as const) {
      const clone = await client.apps.clone(app.id, { from, environment: 'values', deploy: true });
      expect(clone).toMatchObject({ rollout: 'working', latest: { generation: 1, envVersion: 1, trigger: 'deploy', ...(revision ? { revision } : {}) } });
      expect((await settled(client, clone.latest!)).status).toBe('live');
      expect(await client.apps.read(clone.id)).toMatchObject({ freshness: 'up_to_date' });
    }
  });

  it('gives nobody more than they may: values, deployments and labels are asked for apart', async () => {
    const operator = open();
    const { app } = await makeSource(operator, { labels: ['class:a'] });
    const cut = (scopes: string[], more = {}) => system.mint({ role: 'admin', scopes, ...more }).then((token) => open(token));
    const maker = await cut(['apps:read', 'apps:write', 'environment:read']);
    await expect(maker.apps.clone(app.id, { environment: 'values' })).rejects.toMatchObject({ status: 403, detail: 'this needs environment:write' });
    await expect(maker.apps.clone(app.id, { deploy: true })).rejects.toMatchObject({ status: 403, detail: 'this needs deployments:write' });
    expect((await maker.apps.clone(app.id, { environment: 'keys' })).labels).toEqual(['class:a']);
    const blind = await cut(['apps:read', 'apps:write']);
    await expect(blind.apps.clone(app.id, { environment: 'keys' })).rejects.toMatchObject({ status: 403 });
    const limited = await cut(['apps:read', 'apps:write'], { labels: ['class:a'] });
    expect((await limited.apps.clone(app.id)).labels).toEqual(['class:a']);
    await expect(limited.apps.clone(app.id, { labels: ['class:b'] })).rejects.toMatchObject({ status: 403 });
    expect((await operator.apps.clone(app.id, { labels: ['student:ann'] })).labels).toEqual(['student:ann']);
  });

  it('happens once per key, and stays within the limit of the workspace also when several come at once', async () => {
    const operator = open();
    await operator.workspaces.put('class', { title: 'Class', origins: [], limits: { apps: 3 } });
    const client = open(undefined, 'class');
    const { app } = await makeSource(client);
    const [one, same] = await Promise.all([1, 2].map(() => client.apps.clone(app.id, {}, { idempotencyKey: `clone-${kind}` })));
    expect(same).toEqual(one);
    const answers = await Promise.all([1, 2, 3].map(() => client.apps.clone(app.id).then(() => 'made', (error: { code: string }) => error.code)));
    expect(answers.toSorted()).toEqual(['made', 'quota_exceeded', 'quota_exceeded']);
  });
});
