import { createClient, type FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, startSystemOn } from './parts/databases.ts';
import { goLive, main, wishedOf } from './parts/runner-play.ts';
import { takeRunnerSeat } from './parts/runner-seat.ts';
import { makeStatus, type System, until, watchSpecs } from './parts/system.ts';

const plain = (name: string, value: string) => ({ name, value, scope: 'both' as const });

describe.each(databases)('what runs with what, on %s', (kind) => {
  let system: System;
  let client: FapiClient;
  let specs: ReturnType<typeof watchSpecs>;
  beforeAll(async () => {
    system = await startSystemOn(kind);
    specs = watchSpecs(system.bus);
    client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
  });
  afterAll(async () => {
    specs?.stop();
    client?.close();
    await system?.stop();
  });

  const create = (): Promise<App> => client.apps.create({ title: 'App', files: main('one') });

  describe('a deployment', () => {
    it('takes the newest environment, the settings and the egress', async () => {
      const app = await create();
      await client.environment.save(app.id, { version: 0, variables: [plain('A', '1')] });
      await client.apps.patch(app.id, { settings: { exclusive: true, idleFreezeS: 60 } });
      await client.egress.put(app.id, { grants: [{ host: '10.0.0.9', port: 5432 }] });
      expect(await client.deployments.create(app.id, { draftVersion: 1 })).toMatchObject({ envVersion: 1, generation: 1 });
      expect(await wishedOf(specs, app.id, () => true)).toMatchObject({ envVersion: 1, settings: { exclusive: true, idleFreezeS: 60, idleStopS: null }, egress: [{ host: '10.0.0.9', port: 5432 }] });
    });

    it('of a revision that was deployed brings it with the newest environment, and leaves the edited draft alone', async () => {
      const app = await create();
      const first = await goLive(system, client, await client.deployments.create(app.id, { draftVersion: 1 }));
      await client.drafts.save(app.id, { version: 1, files: main('edited') });
      await client.environment.save(app.id, { version: 0, variables: [plain('A', '1')] });
      const again = await client.deployments.create(app.id, { revision: first.revision });
      expect(again).toMatchObject({ revision: first.revision, generation: 2, envVersion: 1, draftVersion: 1, createdBy: 'operator' });
      expect(await wishedOf(specs, app.id, (_, generation) => generation === 2)).toMatchObject({ revision: first.revision, envVersion: 1 });
      expect(await client.drafts.read(app.id)).toMatchObject({ version: 2, files: main('edited') });
      expect(await goLive(system, client, again)).toMatchObject({ status: 'live' });
      expect((await client.apps.read(app.id)).freshness).toBe('not_deployed');
    });

    it('of a revision that this app never deployed is refused, also when another app did', async () => {
      const [app, other] = [await create(), await client.apps.create({ title: 'Other', files: main('other') })];
      const theirs = await client.deployments.create(other.id, { draftVersion: 1 });
      for (const revision of [theirs.revision, `sha256:${'0'.repeat(64)}`]) await expect(client.deployments.create(app.id, { revision })).rejects.toMatchObject({ status: 404, code: 'revision_not_found' });
      await expect(client.deployments.create(app.id, { revision: 'sha256:x' })).rejects.toMatchObject({ code: 'invalid_request' });
    });

    it('that is rolled back is followed by the former revision with the environment it had', async () => {
      const app = await create();
      await client.environment.save(app.id, { version: 0, variables: [plain('A', 'good')] });
      const first = await goLive(system, client, await client.deployments.create(app.id, { draftVersion: 1 }));
      await client.environment.save(app.id, { version: 1, variables: [plain('A', 'bad')] });
      await goLive(system, client, await client.deployments.create(app.id, { revision: first.revision }));
      const failure = { phase: 'running' as const, class: 'crashed' as const, message: 'no', frames: [], output: [] };
      await system.bus.statuses.publish(makeStatus(app.id, 2, 'failed', 'live', { reason: 'rolled_back', message: 'no', failure, serving: { generation: 1, revision: first.revision } }));
      const restored = await until(() => client.apps.read(app.id), ({ latest }) => latest?.generation === 3);
      expect(restored.latest).toMatchObject({ createdBy: 'system', revision: first.revision, envVersion: 1 });
      expect(await wishedOf(specs, app.id, (_, generation) => generation === 3)).toMatchObject({ envVersion: 1 });
    });
  });

  describe('settings', () => {
    it('reach what is live by the same generation, and only when they change', async () => {
      const app = await create();
      await goLive(system, client, await client.deployments.create(app.id, { draftVersion: 1 }));
      await wishedOf(specs, app.id, ({ settled }) => settled);
      expect(await client.apps.patch(app.id, { title: 'Renamed', settings: { idleFreezeS: 5, idleStopS: 50 } })).toMatchObject({ title: 'Renamed', host: app.host, settings: { exclusive: false, idleFreezeS: 5, idleStopS: 50 } });
      expect(await wishedOf(specs, app.id, ({ settings }, generation) => settings.idleStopS === 50 && generation === 1)).toMatchObject({ settled: true, settings: { idleFreezeS: 5 } });
      expect((await client.apps.patch(app.id, { settings: { idleFreezeS: null } })).settings).toEqual({ exclusive: false, idleFreezeS: null, idleStopS: 50, rollbackOn5xx: null });
      await wishedOf(specs, app.id, ({ settings }) => settings.idleFreezeS === null);
      expect((await client.apps.read(app.id)).latest?.generation).toBe(1);
      await expect(client.apps.patch(app.id, { settings: { idleStopS: 0 } })).rejects.toMatchObject({ code: 'invalid_request' });
    });
  });

  describe('a draft', () => {
    it('is imported with the live values only for somebody who may deploy, and tested with those for drafts by everybody', async () => {
      const app = await create();
      await client.environment.save(app.id, { version: 0, variables: [plain('A', '1')] });
      const seat = takeRunnerSeat(system.bus);
      const editor = createClient({ baseUrl: system.server.url, fetchToken: async () => ({ token: await system.mint({ scopes: ['apps:read', 'drafts:read', 'drafts:write'] }), expiresInSeconds: 600 }) });
      const viewer = createClient({ baseUrl: system.server.url, fetchToken: async () => ({ token: await system.mint({ scopes: ['apps:read', 'drafts:read'] }), expiresInSeconds: 600 }) });
      for (const one of [client, editor, viewer]) await one.drafts.validate(app.id, { draftVersion: 1, session: 'editor-1', sequence: 1 });
      for (const one of [client, editor]) await one.drafts.test(app.id, { draftVersion: 1 });
      expect(seat.calls).toMatchObject([
        { kind: 'validate', envVersion: 1, dryImport: { values: 'live', settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [] } }, { kind: 'validate', envVersion: 1, dryImport: { values: 'draft' } }, { kind: 'validate' },
        { kind: 'test', envVersion: 1 }, { kind: 'test', envVersion: 1 },
      ]);
      expect(seat.calls[2]).not.toHaveProperty('dryImport');
      editor.close();
      viewer.close();
      await seat.leave();
    });
  });
});
