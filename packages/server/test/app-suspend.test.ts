import { createClient, type FapiClient } from '@fapi/sdk';
import type { Deployment } from '@fapi/sdk/contract';
import { createMemoryBus } from '@fapi/runner-controller/work';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, startSystemOn } from './parts/databases.ts';
import { main, playRunner, type RunnerPlay, settled } from './parts/runner-play.ts';
import { makeStatus, type System, until, watchSpecs } from './parts/system.ts';

const rounds = 50;

describe.each(databases)('a suspension on %s', (kind) => {
  let system: System;
  let runner: RunnerPlay;
  let client: FapiClient;
  const silent = new Set<string>();
  const play = (): RunnerPlay => playRunner(system, (appId) => (silent.has(appId) ? 'silent' : 'live'));
  const open = (workspaceId = 'default'): FapiClient => createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, workspaceId, retryLimit: 0 });
  beforeAll(async () => {
    system = await startSystemOn(kind);
    runner = play();
    client = open();
  });
  afterAll(async () => {
    client?.close();
    runner?.stop();
    await system?.stop();
  });
  const deployed = async (): Promise<{ appId: string; made: Deployment }> => {
    const app = await client.apps.create({ title: 'Suspended', files: main('one') });
    return { appId: app.id, made: await settled(client, await client.deployments.create(app.id, { draftVersion: 1 })) };
  };
  /** Everything that was wanted has reached the controller, and it has answered. */
  const isAtRest = (appId: string) => until(() => [runner.specs.of(appId)?.desired.state, runner.serving(appId)], ([state, serving]) => state === 'stopped' && serving === undefined);

  it(`of an app leaves nothing served, whichever of it and a deploy comes first (${rounds} rounds)`, async () => {
    const { appId, made } = await deployed();
    const outcomes = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      const suspend = () => client.apps.suspend(appId, {});
      const deploy = () => client.deployments.create(appId, { revision: made.revision }).catch((error: { code: string }) => error.code);
      const [deployment] = round % 2 === 0 ? await Promise.all([deploy(), suspend()]) : (await Promise.all([suspend(), deploy()])).toReversed() as [Deployment | string, unknown];
      outcomes.add(typeof deployment === 'string' ? deployment : 'taken');
      await isAtRest(appId);
      if (typeof deployment !== 'string') expect(['superseded', 'stopped']).toContain((await client.deployments.read(appId, deployment.id)).status);
      const app = await client.apps.read(appId);
      expect([app.health, app.live, app.rollout]).toEqual(['stopped', undefined, 'idle']);
      await client.apps.resume(appId);
      expect((await until(() => client.apps.read(appId), ({ live }) => live !== undefined)).live).toMatchObject({ revision: made.revision });
    }
    for (const outcome of outcomes) expect(['taken', 'app_suspended']).toContain(outcome);
  }, 120_000);

  it(`of a workspace leaves nothing served, whichever of it and a deploy comes first (${rounds} rounds)`, async () => {
    await client.workspaces.put('racing', { title: 'Racing', origins: [] });
    const racing = open('racing');
    const app = await racing.apps.create({ title: 'Race', files: main('one') });
    const made = await settled(racing, await racing.deployments.create(app.id, { draftVersion: 1 }));
    for (let round = 0; round < rounds; round++) {
      const deploy = () => racing.deployments.create(app.id, { revision: made.revision }).catch((error: { code: string }) => error.code);
      const [deployment] = await Promise.all([deploy(), client.workspaces.suspend('racing', {})]);
      if (typeof deployment === 'string') expect(deployment).toBe('workspace_suspended');
      await isAtRest(app.id);
      expect(await racing.apps.read(app.id)).toMatchObject({ health: 'stopped', rollout: 'idle' });
      await client.workspaces.resume('racing');
      await until(() => racing.apps.read(app.id), ({ live }) => live?.revision === made.revision);
    }
    racing.close();
  }, 120_000);

  it('survives a restart with a bus that has lost everything, and words that arrive late: of this generation and of former ones', async () => {
    const [{ appId, made }, other] = [await deployed(), await deployed()];
    silent.add(appId);
    const cancelled = await client.deployments.create(appId, { draftVersion: 1, patch: { put: main('two') } });
    await client.deployments.cancel(appId, cancelled.id);
    await client.apps.suspend(appId, { reason: 'late words' });
    await isAtRest(appId);
    const before = await client.apps.read(appId);
    const { generation: stopped } = runner.specs.of(appId)!;
    runner.stop();
    client.close();
    // A bus that remembers words would keep the late ones from the server by itself.
    await system.restart(createMemoryBus());
    client = open();
    const specs = watchSpecs(system.bus);
    await until(() => specs.of(appId)?.generation, (generation) => generation === stopped);
    let isAwake = true;
    for (const generation of [made.generation, cancelled.generation, stopped]) {
      for (const phase of ['working', 'failed', 'cancelled', 'live'] as const) {
        await system.bus.statuses.publish(makeStatus(appId, generation, phase, phase === 'live' ? 'live' : 'starting', phase === 'live' ? { serving: { generation, revision: made.revision } } : {}));
        // The words of all apps are heard in their order: when this one has been, that one has.
        isAwake = !isAwake;
        const { generation: served, revision } = other.made;
        await system.bus.statuses.publish(makeStatus(other.appId, served, 'live', 'live', { health: isAwake ? 'running' : 'asleep', serving: { generation: served, revision } }));
        await until(() => client.apps.read(other.appId), ({ health }) => health === (isAwake ? 'running' : 'asleep'));
      }
    }
    expect(await client.apps.read(appId)).toEqual(before);
    expect((await client.deployments.read(appId, made.id)).status).toBe('stopped');
    specs.stop();
    silent.delete(appId);
    runner = play();
    // No wish was written in between either.
    expect((await client.apps.resume(appId)).latest).toMatchObject({ generation: stopped + 1, revision: made.revision, trigger: 'resume' });
    expect((await until(() => client.apps.read(appId), ({ live }) => live !== undefined)).live).toMatchObject({ generation: stopped + 1 });
  });

  it('takes new egress grants and retries of nothing; what was granted meanwhile holds after the resume', async () => {
    const { appId, made } = await deployed();
    const waiting = await client.deployments.create(appId, { draftVersion: 1, patch: { put: main('two') } });
    await client.apps.suspend(appId, {});
    await isAtRest(appId);
    const ended = await client.deployments.read(appId, waiting.id);
    if (ended.status === 'superseded') await expect(client.deployments.retry(appId, waiting.id)).rejects.toMatchObject({ status: 409, code: 'app_suspended' });
    await client.egress.put(appId, { grants: [{ host: 'api.example.com', port: 443 }] });
    await expect(client.deployments.create(appId, { revision: made.revision, environment: 'as_deployed' })).rejects.toMatchObject({ status: 409, code: 'app_suspended' });
    expect(runner.serving(appId)).toBeUndefined();
    await client.apps.resume(appId);
    const spec = await until(() => runner.specs.of(appId), (wish) => wish?.desired.state === 'live');
    expect(spec!.desired).toMatchObject({ egress: [{ host: 'api.example.com', port: 443 }] });
  });

  it('takes new egress grants at whichever moment of it they come, and they hold after the resume (20 rounds)', async () => {
    await client.workspaces.put('granting', { title: 'Granting', origins: [] });
    const granting = open('granting');
    const app = await granting.apps.create({ title: 'Granted', files: main('one') });
    await settled(granting, await granting.deployments.create(app.id, { draftVersion: 1 }));
    for (let round = 1; round <= 20; round++) {
      const grants = [{ host: 'api.example.com', port: round }];
      expect(await Promise.all([client.workspaces.suspend('granting', {}).then(() => 'suspended'), granting.egress.put(app.id, { grants })])).toEqual(['suspended', { grants }]);
      await isAtRest(app.id);
      await client.workspaces.resume('granting');
      expect((await until(() => runner.specs.of(app.id), (wish) => wish?.desired.state === 'live'))!.desired).toMatchObject({ egress: grants });
      await until(() => granting.apps.read(app.id), ({ live }) => live !== undefined);
    }
    granting.close();
  }, 60_000);

  it('and its end say why in the audit log, and a body is not needed for either', async () => {
    const { appId } = await deployed();
    for (const id of [appId, undefined]) {
      const at = id === undefined ? '/v1/workspaces/default' : `/v1/apps/${id}`;
      const reasons = async (): Promise<(string | undefined)[]> => (await client.audit.list(id === undefined ? {} : { appId: id })).items.filter(({ action }) => /suspend|resume/.test(action)).slice(0, 4).map(({ reason }) => reason);
      expect((await system.call(`${at}/suspend`, { method: 'POST' })).status).toBe(200);
      expect((await system.call(`${at}/resume`, { method: 'POST' })).status).toBe(200);
      if (id === undefined) {
        await client.workspaces.suspend('default', { reason: 'unpaid' });
        await client.workspaces.resume('default', { reason: ' paid ' });
        expect(await reasons()).toEqual(['paid', 'unpaid', undefined, undefined]);
      } else {
        await client.apps.suspend(id, { reason: 'sends spam' });
        await client.apps.resume(id, { reason: 'cleaned up' });
        expect(await reasons()).toEqual(['cleaned up', 'sends spam', undefined, undefined]);
      }
    }
    expect((await system.call(`/v1/apps/${appId}/resume`, { method: 'POST', body: { reason: '' } })).json).toMatchObject({ status: 400, code: 'invalid_request', issues: [{ path: '/reason', message: 'must not be empty' }] });
  });

  it('that is refused a deploy with a patch has not saved it either', async () => {
    const { appId } = await deployed();
    await client.apps.suspend(appId, {});
    await expect(client.deployments.create(appId, { draftVersion: 1, patch: { put: main('two') } })).rejects.toMatchObject({ code: 'app_suspended' });
    expect(await client.drafts.read(appId)).toMatchObject({ version: 1, files: main('one') });
    await client.apps.delete(appId);
    await expect(client.apps.restore(appId)).rejects.toMatchObject({ status: 409, code: 'app_suspended' });
    await client.apps.resume(appId);
    expect(await client.apps.restore(appId)).toMatchObject({ latest: { trigger: 'restore' } });
  });

  it('is for the operator, and is seen by everybody on the stream of the app', async () => {
    const { appId } = await deployed();
    const admin = await system.mint({ role: 'admin' });
    for (const path of [`/v1/apps/${appId}/suspend`, '/v1/workspaces/default/suspend']) expect((await system.call(path, { method: 'POST', token: admin, body: {} })).json.code).toBe('forbidden');
    const leaving = new AbortController();
    const seen: (string | undefined)[] = [];
    const reading = (async () => {
      for await (const event of client.events.stream({ apps: [appId], topics: ['apps'], signal: leaving.signal })) if (event.type === 'app' || event.type === 'ready') seen.push(event.type === 'ready' ? 'ready' : event.app.suspended?.reason);
    })().catch(() => {});
    await until(() => seen, (words) => words.includes('ready'));
    await client.apps.suspend(appId, { reason: 'told' });
    await until(() => seen, (words) => words.includes('told'));
    leaving.abort();
    await reading;
  });
});
