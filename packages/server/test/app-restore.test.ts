import { gunzipSync } from 'node:zlib';
import { createClient, type FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { main, playRunner, type RunnerPlay, settled } from './parts/runner-play.ts';
import { startSystem, type System, until } from './parts/system.ts';

const dayMs = 86_400_000;
let postgres: PostgresServer | undefined;
afterAll(() => postgres?.stop());

describe.each(['pglite', 'postgres'] as const)('a deleted app on %s', (kind) => {
  let system: System;
  let runner: RunnerPlay;
  let client: FapiClient;
  let databaseUrl: string | undefined;
  beforeAll(async () => {
    if (kind === 'postgres') postgres = await startPostgres();
  });
  const start = async (environment: Record<string, string> = {}, housekeepingMs?: number): Promise<void> => {
    databaseUrl = await postgres?.createDatabase();
    system = await startSystem({ ...environment, ...(databaseUrl === undefined ? {} : { FAPI_DATABASE_URL: databaseUrl, FAPI_ENVIRONMENT_KEY: 'key-of-both-servers-1' }) }, housekeepingMs === undefined ? {} : { housekeepingMs });
    runner = playRunner(system);
    client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
  };
  const stop = async (): Promise<void> => {
    client?.close();
    runner?.stop();
    await system?.stop();
  };

  /** Every row of every table that says the word, as `table` and the row. */
  const findRows = async (word: string): Promise<[table: string, row: Record<string, any>][]> => {
    const backup = await system.call('/v1/backup');
    const lines = gunzipSync(backup.bytes).toString().trimEnd().split('\n').slice(1, -1);
    return lines.filter((line) => line.includes(word)).map((line) => JSON.parse(line));
  };
  /** With a trace in every table that can have one. */
  const makeFull = async (word: string): Promise<App> => {
    const app = await client.apps.create({ title: 'Full', files: main(word) });
    await client.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: word }, { name: 'B', value: word, secret: true }] });
    await client.access.put(app.id, { grants: [{ subject: 'ann', role: 'viewer' }] });
    const first = await settled(client, await client.deployments.create(app.id, { draftVersion: 1 }));
    await settled(client, await client.deployments.create(app.id, { draftVersion: 1, patch: { put: main(`${word} again`) } }));
    await client.revisions.patch(app.id, first.revision, { pinned: true });
    await system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId: app.id, lines: [{ seq: 1, at: new Date().toISOString(), stream: 'stdout', generation: 1, text: word }], dropped: 0 } });
    await system.bus.streams.publish({ kind: 'metrics', value: { schema: 1, appId: app.id, epoch: 'one', at: new Date().toISOString(), totals: { requests: 1, status2xx: 1, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 1 } } });
    await until(() => client.apps.metrics(app.id), ({ requests }) => requests === 1);
    await system.mint({ role: 'viewer', apps: [app.id] });
    return app;
  };

  describe('where it is kept for 7 days', () => {
    beforeAll(() => start());
    afterAll(stop);

    it('leaves nothing in any table when it is purged but its entries in the audit log and the last word that it went, and in the end that one goes too', async () => {
      const [gone, kept] = [await makeFull('first treasure'), await makeFull('second treasure')];
      const namedBefore = new Set((await findRows(gone.id)).map(([table]) => table));
      expect([...namedBefore].toSorted()).toEqual(['app_contents', 'app_grants', 'apps', 'audit', 'deployments', 'draft_versions', 'embed_tokens', 'environments', 'events', 'idempotency', 'metrics', 'revisions', 'specs']);
      await client.apps.delete(gone.id);
      system.advance(7 * dayMs + 1_000);
      await until(() => runner.specs.of(gone.id), (spec) => spec?.desired.state === 'removed', 15_000);
      const left = await until(() => findRows(gone.id), (rows) => rows.every(([table]) => ['audit', 'events', 'specs'].includes(table)), 15_000);
      expect(left.filter(([table]) => table === 'events').map(([, row]) => row['type'])).toEqual(['app_deleted']);
      expect(left.filter(([table]) => table === 'specs').map(([, row]) => row['spec'].desired)).toEqual([{ state: 'removed' }]);
      // Texts and bundles that nobody else has are gone with it.
      await until(() => findRows('first treasure'), (rows) => rows.length === 0, 15_000);
      expect((await client.drafts.read(kept.id)).files).toEqual(main('second treasure again'));
      expect(await client.apps.read(kept.id)).toMatchObject({ health: 'running' });
      system.advance(31 * dayMs);
      await until(() => findRows(gone.id), (rows) => rows.every(([table]) => table === 'audit'), 15_000);
    }, 60_000);

    it('leaves what another app has too', async () => {
      const app = await client.apps.create({ title: 'One', files: main('shared') });
      const made = await settled(client, await client.deployments.create(app.id, { draftVersion: 1 }));
      const clone = await client.apps.clone(app.id, { from: 'live' });
      system.advance(3_700_000);
      await client.apps.delete(app.id);
      system.advance(7 * dayMs + 1_000);
      await until(() => runner.specs.of(app.id), (spec) => spec?.desired.state === 'removed', 15_000);
      expect((await client.drafts.read(clone.id)).files).toEqual(main('shared'));
      expect((await settled(client, await client.deployments.create(clone.id, { revision: made.revision }))).status).toBe('live');
    }, 60_000);

    it('keeps its address: no new app gets it while it can be restored, and it is back under it', async () => {
      const app = await client.apps.create({ title: 'Address', files: main('one') });
      await client.apps.delete(app.id);
      const rows = (await findRows(app.host)).map(([table]) => table);
      expect(rows).toContain('apps');
      expect(await client.apps.restore(app.id)).toMatchObject({ host: app.host, url: app.url });
    });

    it('comes back among many that are restored at once, within the limit of the workspace', async () => {
      await client.workspaces.put('many', { title: 'Many', origins: [], limits: { apps: 6 } });
      const many = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, workspaceId: 'many', retryLimit: 0 });
      const codes: string[] = [];
      for (let round = 0; round < 5; round++) {
        const apps: App[] = [];
        for (let n = 0; n < 6; n++) apps.push(await many.apps.create({ title: 'Many', files: main('one') }));
        for (const { id } of apps) await many.apps.delete(id);
        const answers = await Promise.all(apps.map(({ id }) => many.apps.restore(id).then(() => 'back', (error: { code: string }) => error.code)));
        codes.push(...answers);
        for (const { id } of apps) await many.apps.delete(id);
      }
      many.close();
      expect(codes).toEqual(Array.from({ length: 30 }, () => 'back'));
    }, 60_000);
  });

  it('cannot be restored from the moment its days are over, also before it is purged', async () => {
    await start({}, 60_000);
    onTestFinished(stop);
    const app = await client.apps.create({ title: 'Late', files: main('one') });
    await client.apps.delete(app.id);
    system.advance(7 * dayMs);
    await expect(client.apps.restore(app.id)).rejects.toMatchObject({ status: 404, code: 'app_not_found' });
    const listed: string[] = [];
    for await (const { id } of client.apps.list({ deleted: true })) listed.push(id);
    expect(listed).not.toContain(app.id);
  });

  describe('where it is kept for 0 days', () => {
    beforeAll(() => start({ FAPI_RESTORE_DAYS: '0' }));
    afterAll(stop);

    it('is purged at once', async () => {
      const app = await client.apps.create({ title: 'At once', files: main('at once treasure') });
      await settled(client, await client.deployments.create(app.id, { draftVersion: 1 }));
      await client.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: '1' }] });
      await client.apps.delete(app.id);
      await expect(client.apps.restore(app.id)).rejects.toMatchObject({ status: 404, code: 'app_not_found' });
      expect(await client.apps.list({ deleted: true })).toMatchObject({ items: [] });
      const tables = ['deployments', 'draft_versions', 'environments', 'revisions'];
      await until(() => findRows(app.id), (rows) => !rows.some(([table]) => tables.includes(table)), 15_000);
      // A text of a moment ago waits until nobody can be about to name it.
      system.advance(3_700_000);
      await until(() => runner.specs.of(app.id), (spec) => spec?.desired.state === 'removed', 15_000);
      await until(() => findRows('at once treasure'), (rows) => rows.length === 0, 15_000);
    }, 60_000);

    // The embedded database is one server's alone.
    it.skipIf(kind === 'pglite')('of which nothing is left stays gone when more days are given to the others', async () => {
      const app = await client.apps.create({ title: 'Half gone', files: main('half gone') });
      await client.apps.delete(app.id);
      await until(() => findRows(app.id), (rows) => !rows.some(([table]) => table === 'draft_versions'), 15_000);
      const later = await startSystem({ FAPI_DATABASE_URL: databaseUrl!, FAPI_ENVIRONMENT_KEY: 'key-of-both-servers-1', FAPI_RESTORE_DAYS: '30' });
      expect((await later.call('/v1/apps?deleted=true')).json.items).toEqual([]);
      expect((await later.call(`/v1/apps/${app.id}/restore`, { method: 'POST' })).json.code).toBe('app_not_found');
      await later.stop();
    }, 60_000);

    it('does not wait for those whose texts are too young to go', async () => {
      const ids: string[] = [];
      // More than are looked at in one round.
      for (let n = 0; n < 52; n++) ids.push((await client.apps.create({ title: 'Young', files: main('young') })).id);
      for (const id of ids) await client.apps.delete(id);
      await until(() => findRows('app_'), (rows) => !rows.some(([table]) => table === 'draft_versions'), 20_000);
    }, 60_000);
  });
});
