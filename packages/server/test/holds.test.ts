import { createClient, type FapiClient } from '@fapi/sdk';
import type { App, Deployment } from '@fapi/sdk/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../src/store/database/postgres.ts';
import { databases, startSystemOn } from './parts/databases.ts';
import { takeRunnerSeat } from './parts/runner-seat.ts';
import { main, playRunner, type RunnerPlay, settled, type Verdict } from './parts/runner-play.ts';
import { type System, until } from './parts/system.ts';

const dayMs = 86_400_000;

describe.each(databases)('on %s', (kind) => {
  let system: System;
  let runner: RunnerPlay;
  let databaseUrl: string | undefined;
  const clients: FapiClient[] = [];
  const verdicts = new Map<string, Verdict>();
  const open = (workspaceId = 'default', apiKey = system.server.operatorKey): FapiClient => {
    clients.push(createClient({ baseUrl: system.server.url, apiKey, workspaceId, retryLimit: 0 }));
    return clients.at(-1)!;
  };
  beforeAll(async () => {
    const started = await startSystemOn(kind);
    [system, databaseUrl] = [started, started.databaseUrl];
    runner = playRunner(system, (appId) => verdicts.get(appId) ?? 'live');
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    runner?.stop();
    await system?.stop();
  });

  const deploy = async (client: FapiClient, word = 'one'): Promise<{ app: App; made: Deployment }> => {
    const app = await client.apps.create({ title: 'Held', files: main(word) });
    return { app, made: await settled(client, await client.deployments.create(app.id, { draftVersion: 1 })) };
  };
  const gone = (appId: string) => until(() => runner.serving(appId), (generation) => generation === undefined);
  const back = (client: FapiClient, appId: string) => until(() => client.apps.read(appId), ({ live }) => live !== undefined);

  describe('an app that the operator suspends', () => {
    it('is served by nobody, refuses everything that would serve it, and says why', async () => {
      const client = open();
      const { app, made } = await deploy(client);
      const suspended = await client.apps.suspend(app.id, { reason: 'sends spam' });
      expect(suspended).toMatchObject({ health: 'stopped', suspended: { reason: 'sends spam', at: expect.any(String) } });
      expect(suspended.live).toBeUndefined();
      expect(await client.deployments.read(app.id, made.id)).toMatchObject({ status: 'stopped', reason: 'suspended', message: 'the operator suspended the app: sends spam' });
      await until(() => runner.specs.of(app.id), (spec) => spec?.desired.state === 'stopped' && !spec.desired.isHidden);
      await gone(app.id);
      for (const call of [
        () => client.deployments.create(app.id, { draftVersion: 1 }), () => client.deployments.create(app.id, { revision: made.revision }), () => client.apps.clone(app.id, { from: 'draft' }),
      ]) await expect(call()).rejects.toMatchObject({ status: 409, code: 'app_suspended', detail: expect.stringContaining('sends spam') });
      // Who edits may go on, and nothing of it is run.
      const seat = takeRunnerSeat(system.bus);
      await expect(client.drafts.test(app.id, { draftVersion: 1 })).rejects.toMatchObject({ code: 'app_suspended' });
      await client.drafts.validate(app.id, { draftVersion: 1, session: 'editor-1', sequence: 1 });
      expect(seat.calls).toEqual([expect.not.objectContaining({ dryImport: expect.anything() })]);
      await seat.leave();
      expect((await client.drafts.save(app.id, { version: 1, files: main('two') })).version).toBe(2);
    });

    it('is brought back as it was by a resume, however often it was suspended and whatever was restarted meanwhile', async () => {
      const client = open();
      const { app, made } = await deploy(client);
      await client.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: '1' }] });
      await client.apps.suspend(app.id);
      await client.apps.suspend(app.id, { reason: 'still' });
      await gone(app.id);
      await system.restart();
      const again = open();
      expect(await again.apps.read(app.id)).toMatchObject({ health: 'stopped', suspended: { reason: 'still' } });
      expect(runner.serving(app.id)).toBeUndefined();
      expect((await again.apps.resume(app.id)).suspended).toBeUndefined();
      const { live } = await back(again, app.id);
      expect(live).toMatchObject({ trigger: 'resume', revision: made.revision, envVersion: made.envVersion, createdBy: 'operator' });
      expect(await again.apps.resume(app.id)).toMatchObject({ live: { id: live!.id } });
    });

    it('comes back with nothing live when nothing was', async () => {
      const client = open();
      const app = await client.apps.create({ title: 'Never', files: main('one') });
      verdicts.set(app.id, 'silent');
      const waiting = await client.deployments.create(app.id, { draftVersion: 1 });
      await client.apps.suspend(app.id);
      expect(await client.deployments.read(app.id, waiting.id)).toMatchObject({ status: 'superseded', reason: 'suspended' });
      verdicts.delete(app.id);
      const resumed = await client.apps.resume(app.id);
      expect([resumed.live, resumed.latest?.id, resumed.health]).toEqual([undefined, waiting.id, 'unknown']);
    });
  });

  describe('a workspace that the operator suspends', () => {
    it('has none of its apps served, and all of them back after a resume; other workspaces see nothing of it', async () => {
      const operator = open();
      await operator.workspaces.put('acme', { title: 'Acme', origins: [] });
      const client = open('acme');
      const [one, two, other] = [await deploy(client), await deploy(client), await deploy(operator)];
      const alone = await deploy(client);
      await client.apps.suspend(alone.app.id);
      expect(await operator.workspaces.suspend('acme', { reason: 'unpaid' })).toMatchObject({ id: 'acme', suspended: { reason: 'unpaid' } });
      for (const { app } of [one, two]) {
        await gone(app.id);
        expect(await client.apps.read(app.id)).toMatchObject({ health: 'stopped' });
        await expect(client.deployments.create(app.id, { draftVersion: 1 })).rejects.toMatchObject({ status: 409, code: 'workspace_suspended' });
      }
      expect(runner.serving(other.app.id)).toBe(other.made.generation);
      await client.apps.delete(two.app.id);
      await expect(client.apps.restore(two.app.id)).rejects.toMatchObject({ status: 409, code: 'workspace_suspended' });
      await system.restart();
      const [again, acme] = [open(), open('acme')];
      expect((await again.workspaces.resume('acme')).suspended).toBeUndefined();
      expect((await back(acme, one.app.id)).live).toMatchObject({ trigger: 'resume', revision: one.made.revision });
      expect((await acme.apps.restore(two.app.id)).latest).toMatchObject({ trigger: 'restore', revision: two.made.revision });
      expect(await acme.apps.read(alone.app.id)).toMatchObject({ health: 'stopped', suspended: {} });
    });

    it.each([1, 2, 3, 4])('ends every deploy that races it (round %s)', async () => {
      const operator = open();
      await operator.workspaces.put('racing', { title: 'Racing', origins: [] });
      const client = open('racing');
      const apps = await Promise.all([1, 2, 3].map(() => client.apps.create({ title: 'Race', files: main('one') })));
      const [, ...deploys] = await Promise.all([operator.workspaces.suspend('racing'), ...apps.map((app) => client.deployments.create(app.id, { draftVersion: 1 }).catch((error: unknown) => error))]);
      for (const [index, app] of apps.entries()) {
        const answer = deploys[index] as Deployment & { code?: string };
        if (answer.code !== undefined) expect(answer.code).toBe('workspace_suspended');
        else expect(['superseded', 'stopped']).toContain((await until(() => client.deployments.read(app.id, answer.id), ({ endedAt }) => endedAt !== undefined)).status);
        await until(() => runner.specs.of(app.id)?.desired.state ?? 'stopped', (state) => state === 'stopped');
        await gone(app.id);
      }
      await operator.workspaces.resume('racing');
    });
  });

  describe('an app that is deleted', () => {
    it('is gone for everybody, is listed among the deleted, and keeps its address', async () => {
      const client = open();
      const { app } = await deploy(client);
      await client.apps.delete(app.id);
      await until(() => runner.specs.of(app.id), (spec) => spec?.desired.state === 'stopped' && spec.desired.isHidden);
      await gone(app.id);
      await expect(client.apps.read(app.id)).rejects.toMatchObject({ code: 'app_not_found' });
      await expect(client.apps.clone(app.id)).rejects.toMatchObject({ code: 'app_not_found' });
      const ids: string[] = [];
      for await (const { id } of client.apps.list()) ids.push(id);
      expect(ids).not.toContain(app.id);
      const deleted: App[] = [];
      for await (const one of client.apps.list({ deleted: true, limit: 1 })) deleted.push(one);
      const found = deleted.find(({ id }) => id === app.id)!;
      expect(Date.parse(found.restorableUntil!) - Date.parse(found.deletedAt!)).toBe(7 * dayMs);
      expect(found.host).toBe(app.host);
    });

    it('comes back with its draft, its history and its environment, and what was live is asked for again', async () => {
      const client = open();
      const { app } = await deploy(client);
      await client.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: '1' }, { name: 'KEY', value: 's3cret', secret: true }] });
      const served = await settled(client, await client.deployments.create(app.id, { revision: 'live' }));
      await client.drafts.save(app.id, { version: 1, files: main('two') });
      await client.apps.delete(app.id);
      system.advance(6 * dayMs);
      const restored = await client.apps.restore(app.id);
      expect(restored).toMatchObject({ host: app.host, draftVersion: 2, latest: { trigger: 'restore', revision: served.revision, envVersion: 1 } });
      expect([restored.deletedAt, restored.restorableUntil]).toEqual([undefined, undefined]);
      expect((await back(client, app.id)).live?.id).toBe(restored.latest!.id);
      expect((await client.environment.read(app.id)).variables).toEqual([expect.objectContaining({ name: 'A', value: '1' }), { name: 'KEY', secret: true, scope: 'both' }]);
      await expect(client.apps.restore(app.id)).rejects.toMatchObject({ status: 409, code: 'app_not_deleted' });
    });

    it('comes back undeployed when it was not live', async () => {
      const client = open();
      const app = await client.apps.create({ title: 'Quiet', files: main('one') });
      await client.apps.delete(app.id);
      expect(await client.apps.restore(app.id)).toMatchObject({ freshness: 'never_deployed', rollout: 'idle', health: 'unknown' });
      await until(() => runner.specs.of(app.id), (spec) => spec?.desired.state === 'stopped' && !spec.desired.isHidden);
    });

    it('counts against the limit of its workspace again when it is restored', async () => {
      const operator = open();
      await operator.workspaces.put('small', { title: 'Small', origins: [], limits: { apps: 1 } });
      const client = open('small');
      const first = await client.apps.create({ title: 'First' });
      await client.apps.delete(first.id);
      await client.apps.create({ title: 'Second' });
      await expect(client.apps.restore(first.id)).rejects.toMatchObject({ status: 409, code: 'quota_exceeded' });
    });

    it('is purged after its days: no row, no text, no folder, and its events say that it went', async () => {
      const client = open();
      const kept = await deploy(client, 'kept');
      const { app, made } = await deploy(client, 'purged');
      await client.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: 'purged value' }] });
      await client.access.put(app.id, { grants: [{ subject: 'ann', role: 'viewer' }] });
      await client.apps.delete(app.id);
      system.advance(7 * dayMs + 1_000);
      await until(() => runner.specs.of(app.id), (spec) => spec?.desired.state === 'removed' && spec.generation === made.generation + 2, 15_000);
      await expect(client.apps.restore(app.id)).rejects.toMatchObject({ code: 'app_not_found' });
      expect(await client.drafts.read(kept.app.id)).toMatchObject({ files: main('kept') });
      if (databaseUrl === undefined) return;
      const { db, close } = await openPostgres(databaseUrl);
      for (const table of ['apps', 'deployments', 'revisions', 'draft_versions', 'environments', 'metrics', 'app_grants', 'app_contents']) {
        const { rows } = await sql<{ count: string }>`select count(*) from ${sql.table(table)} where ${sql.ref(table === 'apps' ? 'id' : 'app_id')} = ${app.id}`.execute(db);
        expect([table, Number(rows[0]!.count)]).toEqual([table, 0]);
      }
      const { rows: texts } = await sql`select sha256 from contents where content like '%title="purged"%'`.execute(db);
      expect(texts).toEqual([]);
      const { rows: events } = await sql<{ type: string }>`select distinct type from events where app_id = ${app.id}`.execute(db);
      expect(events).toEqual([{ type: 'app_deleted' }]);
      await close();
    });
  });
});
