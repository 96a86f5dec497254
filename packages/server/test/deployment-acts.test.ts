import { createClient, type FapiClient } from '@fapi/sdk';
import type { App, Deployment } from '@fapi/sdk/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases, startSystemOn } from './parts/databases.ts';
import { main, playRunner, type RunnerPlay, sampleOf, settled, type Verdict } from './parts/runner-play.ts';
import { takeRunnerSeat } from './parts/runner-seat.ts';
import { makeStatus, type System, until } from './parts/system.ts';

describe.each(databases)('on %s', (kind) => {
  let system: System;
  let client: FapiClient;
  let runner: RunnerPlay;
  let verdicts: Map<string, Verdict>;
  beforeAll(async () => {
    system = await startSystemOn(kind);
    client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
  });
  beforeEach(() => {
    verdicts = new Map();
    runner = playRunner(system, (appId) => verdicts.get(appId) ?? 'live');
  });
  afterEach(() => runner.stop());
  afterAll(async () => {
    client?.close();
    await system?.stop();
  });

  const create = (word = 'one'): Promise<App> => client.apps.create({ title: 'App', files: main(word) });
  /** Deploys these words one after the other, each live for a minute. */
  const history = async (app: App, words: readonly string[]): Promise<Deployment[]> => {
    const made: Deployment[] = [];
    for (const word of words) {
      const { version } = await client.drafts.read(app.id);
      made.push(await settled(client, await client.deployments.create(app.id, { draftVersion: version, patch: { put: main(word) } })));
      system.advance(60_000);
    }
    return made;
  };

  describe('a deployment', () => {
    it('says what asked for it, and why in the words of whoever did', async () => {
      const app = await create();
      const made = await settled(client, await client.deployments.create(app.id, { draftVersion: 1, comment: '  Closes #12 ' }));
      expect(made).toMatchObject({ trigger: 'deploy', comment: 'Closes #12', status: 'live' });
      // The history says why it was made; why it was deployed once more is said by that deployment.
      const message = async () => (await client.revisions.read(app.id, made.revision)).comment;
      expect(await message()).toBe('Closes #12');
      await settled(client, await client.deployments.create(app.id, { draftVersion: 1, comment: 'once more' }));
      expect(await message()).toBe('Closes #12');
      await expect(client.deployments.create(app.id, { draftVersion: 1, comment: 'x'.repeat(501) })).rejects.toMatchObject({ code: 'invalid_request' });
    });

    it('of what is live brings the newest environment and no line of the draft', async () => {
      const app = await create();
      const [first] = await history(app, ['one']);
      await client.drafts.save(app.id, { version: 1, files: main('unfinished') });
      await client.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: '1' }] });
      expect((await client.apps.read(app.id))).toMatchObject({ freshness: 'not_deployed', changes: { code: true, environment: true, dependencies: false, settings: false } });
      const rolledOut = await settled(client, await client.deployments.create(app.id, { revision: 'live' }));
      expect(rolledOut).toMatchObject({ trigger: 'environment', revision: first!.revision, envVersion: 1, status: 'live' });
      expect(await client.apps.read(app.id)).toMatchObject({ draftVersion: 2, freshness: 'not_deployed', changes: { code: true, environment: false } });
    });

    it('takes the environment that the revision had when asked to, and the newest one otherwise', async () => {
      const app = await create();
      const [first] = await history(app, ['one']);
      await client.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: '1' }] });
      await history(app, ['two']);
      const then = await settled(client, await client.deployments.create(app.id, { revision: first!.revision, environment: 'as_deployed' }));
      expect(then).toMatchObject({ envVersion: 0, trigger: 'revert' });
      expect(await client.deployments.create(app.id, { revision: first!.revision })).toMatchObject({ envVersion: 1, trigger: 'environment' });
    });

    it.each(['live', 'last_good'] as const)('of %s is refused where there is none', async (revision) => {
      const app = await create();
      await expect(client.deployments.create(app.id, { revision })).rejects.toMatchObject({ status: 409, code: revision === 'live' ? 'not_live' : 'no_last_good' });
      await history(app, ['one']);
      await expect(client.deployments.create(app.id, { revision: 'last_good' })).rejects.toMatchObject({ status: 409, code: 'no_last_good' });
      await expect(client.deployments.create(app.id, { revision: `sha256:${'0'.repeat(64)}` })).rejects.toMatchObject({ status: 404, code: 'revision_not_found' });
    });
  });

  describe('going back', () => {
    it('to what was last good marks what it replaces, which is good no longer', async () => {
      const app = await create();
      const [one, two, three] = await history(app, ['one', 'two', 'three']);
      const back = await settled(client, await client.deployments.create(app.id, { revision: 'last_good', comment: 'three is slow' }));
      expect(back).toMatchObject({ trigger: 'revert', revision: two!.revision });
      expect(await client.deployments.read(app.id, three!.id)).toMatchObject({ status: 'stopped', reason: 'reverted', message: `operator went back to an earlier revision with deployment ${back.generation}` });
      system.advance(60_000);
      // Not forward to the one that was left.
      expect(await settled(client, await client.deployments.create(app.id, { revision: 'last_good' }))).toMatchObject({ trigger: 'revert', revision: one!.revision });
      expect(await settled(client, await client.deployments.create(app.id, { revision: three!.revision }))).toMatchObject({ trigger: 'deploy' });
    });

    it('from what was live for a moment only goes to what had proved good', async () => {
      const app = await create();
      const [one] = await history(app, ['one']);
      const { version } = await client.drafts.read(app.id);
      await settled(client, await client.deployments.create(app.id, { draftVersion: version, patch: { put: main('brief') } }));
      expect(await client.deployments.create(app.id, { revision: 'last_good' })).toMatchObject({ revision: one!.revision });
    });

    it('by the runner is terminal for its generation and brings back the former one by the system, which says why', async () => {
      const app = await create();
      const [one, two] = await history(app, ['one', 'two']);
      await system.bus.statuses.publish(makeStatus(app.id, two!.generation, 'failed', 'live', { reason: 'rolled_back', message: 'it crashed', serving: { generation: one!.generation, revision: one!.revision } }));
      const { latest } = await until(() => client.apps.read(app.id), (now) => now.latest?.trigger === 'rollback');
      expect(latest).toMatchObject({ createdBy: 'system', revision: one!.revision, comment: `deployment ${two!.generation} was rolled back: it crashed` });
      expect(await settled(client, latest!)).toMatchObject({ status: 'live' });
      expect(await client.deployments.read(app.id, two!.id)).toMatchObject({ status: 'failed', reason: 'rolled_back', message: 'it crashed' });
    });
  });

  describe('going back by the runner, heard of only with a newer deployment', () => {
    const report = { phase: 'running' as const, class: 'killed' as const, message: 'it crashed', frames: [], output: [] };
    const begin = async () => {
      const app = await create();
      const [one, two] = await history(app, ['one', 'two']);
      verdicts.set(app.id, 'silent');
      const { version } = await client.drafts.read(app.id);
      const three = await client.deployments.create(app.id, { draftVersion: version, patch: { put: main('three') } });
      const left = { serving: { generation: one!.generation, revision: one!.revision }, rolledBack: { from: two!.generation, report } };
      await system.bus.statuses.publish(makeStatus(app.id, three.generation, 'working', 'preparing', left));
      const ended = await until(() => client.deployments.read(app.id, two!.id), ({ status }) => status !== 'live');
      expect(ended).toMatchObject({ status: 'failed', reason: 'rolled_back', message: 'it crashed', failure: { message: 'it crashed' } });
      // What is under way is what people want: it goes on.
      expect((await client.apps.read(app.id)).latest!.id).toBe(three.id);
      return { app, one: one!, two: two!, three, left };
    };

    it('what it left is not brought back when that fails: what it went back to is', async () => {
      const { app, one, two, three, left } = await begin();
      verdicts.delete(app.id);
      await system.bus.statuses.publish(makeStatus(app.id, three.generation, 'failed', 'preparing', { reason: 'import_failed', message: 'no', ...left }));
      const { live } = await until(() => client.apps.read(app.id), (now) => now.live?.trigger === 'rollback');
      expect(live).toMatchObject({ revision: one.revision, comment: `deployment ${two.generation} was rolled back: it crashed` });
    });

    it('what it left is not good when that goes live', async () => {
      const { app, one, three } = await begin();
      await system.bus.statuses.publish(makeStatus(app.id, three.generation, 'live', 'live', { serving: { generation: three.generation, revision: three.revision } }));
      await until(() => client.deployments.read(app.id, three.id), ({ status }) => status === 'live');
      expect(await client.deployments.create(app.id, { revision: 'last_good' })).toMatchObject({ revision: one.revision });
    });
  });

  it('what went live unheard, and whose successor came to nothing, is not kept: what is live by the rows is asked for again', async () => {
    const app = await create();
    const [one] = await history(app, ['one']);
    verdicts.set(app.id, 'silent');
    const two = await client.deployments.create(app.id, { draftVersion: 1, patch: { put: main('two') } });
    const three = await client.deployments.create(app.id, { draftVersion: 2, patch: { put: main('three') } });
    verdicts.delete(app.id);
    await system.bus.statuses.publish(makeStatus(app.id, three.generation, 'failed', 'validating', { reason: 'validation_failed', message: 'no', serving: { generation: two.generation, revision: two.revision } }));
    const { live } = await until(() => client.apps.read(app.id), (now) => now.live?.trigger === 'rollback');
    expect(live).toMatchObject({ revision: one!.revision, comment: `deployment ${two.generation} went live although another had taken its place` });
    expect((await client.deployments.read(app.id, two.id)).status).toBe('superseded');
    // What was live before is followed by itself.
    expect(await client.deployments.read(app.id, one!.id)).toMatchObject({ status: 'stopped', reason: 'superseded' });
  });

  it('what cannot be brought back in place of what serves is not asked for again: what serves is', async () => {
    const app = await create();
    await history(app, ['one']);
    verdicts.set(app.id, 'silent');
    const two = await client.deployments.create(app.id, { draftVersion: 1, patch: { put: main('two') } });
    const three = await client.deployments.create(app.id, { draftVersion: 2, patch: { put: main('three') } });
    const serving = { generation: two.generation, revision: two.revision };
    const fail = (generation: number) => system.bus.statuses.publish(makeStatus(app.id, generation, 'failed', 'preparing', { reason: 'import_failed', message: 'no', serving }));
    await fail(three.generation);
    const four = (await until(() => client.apps.read(app.id), (now) => now.latest?.trigger === 'rollback')).latest!;
    await fail(four.generation);
    const five = (await until(() => client.apps.read(app.id), (now) => now.latest!.generation > four.generation)).latest!;
    expect(five).toMatchObject({ trigger: 'rollback', revision: two.revision });
    await fail(five.generation);
    await until(() => client.deployments.read(app.id, five.id), ({ status }) => status === 'failed');
    expect((await client.apps.read(app.id)).latest!.id).toBe(five.id);
  });

  describe('a cancel of what the rows know as starting', () => {
    const begin = async (): Promise<Deployment> => {
      const app = await create();
      verdicts.set(app.id, 'silent');
      const { id, generation } = await client.deployments.create(app.id, { draftVersion: 1 });
      await system.bus.statuses.publish(makeStatus(app.id, generation, 'working', 'starting'));
      return until(() => client.deployments.read(app.id, id), ({ status }) => status === 'starting');
    };

    it('ends it where the controller, started again meanwhile, has stopped it before the switch', async ({ onTestFinished }) => {
      const { appId, id } = await begin();
      const seat = takeRunnerSeat(system.bus);
      onTestFinished(() => seat.leave());
      expect(await client.deployments.cancel(appId, id)).toMatchObject({ status: 'cancelled', reason: 'cancelled', message: 'cancelled by operator' });
      expect(seat.calls).toMatchObject([{ kind: 'cancel', appId }]);
    });

    it('is refused where nobody answers', async () => {
      const { appId, id } = await begin();
      await expect(client.deployments.cancel(appId, id)).rejects.toMatchObject({ status: 409, code: 'already_live' });
      expect(await client.deployments.read(appId, id)).toMatchObject({ status: 'starting' });
    });

    it('ends it by the word of the controller alone', async () => {
      const { appId, id, generation } = await begin();
      await system.bus.statuses.publish(makeStatus(appId, generation, 'cancelled', 'validating'));
      expect(await until(() => client.deployments.read(appId, id), ({ status }) => status !== 'starting')).toMatchObject({ status: 'cancelled', reason: 'cancelled' });
    });
  });

  describe('a retry', () => {
    it('asks again for what failed, with the newest environment', async () => {
      const app = await create();
      verdicts.set(app.id, 'failed');
      const failed = await settled(client, await client.deployments.create(app.id, { draftVersion: 1, comment: 'first' }));
      expect(failed.status).toBe('failed');
      await client.drafts.save(app.id, { version: 1, files: main('other') });
      await client.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: '1' }] });
      verdicts.delete(app.id);
      const again = await settled(client, await client.deployments.retry(app.id, failed.id));
      expect(again).toMatchObject({ trigger: 'retry', comment: 'first', revision: failed.revision, envVersion: 1, status: 'live', draftVersion: 1 });
      expect((await client.deployments.read(app.id, failed.id)).status).toBe('failed');
    });

    it('is for what failed, was cancelled or superseded, and for nothing else', async () => {
      const app = await create();
      verdicts.set(app.id, 'silent');
      const [first, second] = [await client.deployments.create(app.id, { draftVersion: 1 }), await client.deployments.create(app.id, { draftVersion: 1 })];
      await expect(client.deployments.retry(app.id, second.id)).rejects.toMatchObject({ status: 409, code: 'not_settled' });
      expect(await client.deployments.retry(app.id, first.id)).toMatchObject({ trigger: 'retry' });
      const third = (await client.apps.read(app.id)).latest!;
      await client.deployments.cancel(app.id, third.id);
      verdicts.delete(app.id);
      const fourth = await settled(client, await client.deployments.retry(app.id, third.id));
      await expect(client.deployments.retry(app.id, fourth.id)).rejects.toMatchObject({ status: 409, code: 'already_live' });
      await history(app, ['next']);
      await expect(client.deployments.retry(app.id, fourth.id)).rejects.toMatchObject({ status: 409, code: 'already_settled' });
      await expect(client.deployments.retry(app.id, 'dep_none')).rejects.toMatchObject({ status: 404, code: 'deployment_not_found' });
    });

    it('keeps the environment of then, where that was asked for', async () => {
      const app = await create();
      const [one] = await history(app, ['one']);
      await client.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: '1' }] });
      await history(app, ['two']);
      verdicts.set(app.id, 'failed');
      const failed = await settled(client, await client.deployments.create(app.id, { revision: one!.revision, environment: 'as_deployed' }));
      expect(failed.keepsEnvironment).toBe(true);
      expect(await client.deployments.retry(app.id, failed.id)).toMatchObject({ envVersion: 0, keepsEnvironment: true });
    });

    it('of a revert is a revert', async () => {
      const app = await create();
      const [one] = await history(app, ['one', 'two']);
      verdicts.set(app.id, 'failed');
      const failed = await settled(client, await client.deployments.create(app.id, { revision: one!.revision }));
      expect(failed).toMatchObject({ status: 'failed', trigger: 'revert' });
      expect(failed).not.toHaveProperty('keepsEnvironment');
      verdicts.delete(app.id);
      const again = await settled(client, await client.deployments.retry(app.id, failed.id));
      expect(again).toMatchObject({ status: 'live', trigger: 'revert', revision: one!.revision });
      const retold = (await client.revisions.list(app.id)).items.find(({ digest }) => digest === one!.revision);
      expect(retold).toMatchObject({ lastTrigger: 'revert', lastDeployedBy: again.createdBy });
    });
  });

  describe('a rule about 5xx', () => {
    const rule = { percent: 20, minRequests: 50, windowS: 300 };
    const measure = (appId: string, generation: number, requests: number, status5xx: number): void => system.bus.streams.publish({ kind: 'metrics', value: sampleOf(appId, generation, requests, status5xx) });
    const counted = (appId: string, requests: number) => until(() => client.apps.metrics(appId), (now) => now.requests === requests);
    const begin = async (): Promise<{ app: App; made: Deployment[] }> => {
      const app = await create();
      await client.apps.patch(app.id, { settings: { rollbackOn5xx: rule } });
      const made = await history(app, ['one']);
      const { version } = await client.drafts.read(app.id);
      made.push(await settled(client, await client.deployments.create(app.id, { draftVersion: version, patch: { put: main('two') } })));
      return { app, made };
    };

    it('brings the former revision back, once, and says how many failed', async () => {
      const { app, made: [one, two] } = await begin();
      measure(app.id, two!.generation, 60, 12);
      const { live } = await until(() => client.apps.read(app.id), (now) => now.live?.trigger === 'rollback');
      const words = '12 of its first 60 requests (20 %) were answered with 5xx, and 20 % are too many';
      expect(live).toMatchObject({ revision: one!.revision, createdBy: 'system', comment: words });
      expect(await client.deployments.read(app.id, two!.id)).toMatchObject({ status: 'failed', reason: 'rolled_back', message: words });
      measure(app.id, live!.generation, 600, 600);
      await counted(app.id, 600);
      expect((await client.apps.read(app.id)).latest!.id).toBe(live!.id);
    });

    it('waits for enough requests, counts those of what is live only, and ends with its window', async () => {
      const { app, made: [one, two] } = await begin();
      measure(app.id, two!.generation, 49, 49);
      measure(app.id, one!.generation, 70, 70);
      measure(app.id, two!.generation, 101, 20);
      await counted(app.id, 101);
      system.advance(301_000);
      measure(app.id, two!.generation, 500, 500);
      await counted(app.id, 500);
      expect((await client.apps.read(app.id)).latest!.id).toBe(two!.id);
    });

    it('leaves what is live where there is nothing to go back to, and where nobody wants it', async () => {
      const app = await create();
      const [one] = await history(app, ['one']);
      measure(app.id, one!.generation, 60, 60);
      await counted(app.id, 60);
      await client.apps.patch(app.id, { settings: { rollbackOn5xx: { ...rule, windowS: 3_600 } } });
      measure(app.id, one!.generation, 90, 90);
      await counted(app.id, 90);
      expect((await client.apps.read(app.id)).latest!.id).toBe(one!.id);
    });

    it('does not ask again for what could not be brought back', async () => {
      const { app, made: [, two] } = await begin();
      verdicts.set(app.id, 'failed');
      measure(app.id, two!.generation, 60, 30);
      const { latest } = await until(() => client.apps.read(app.id), (now) => now.latest?.trigger === 'rollback' && now.rollout === 'failed');
      measure(app.id, two!.generation, 90, 90);
      await counted(app.id, 90);
      // What answers visitors is still the second one, and the rows say so.
      expect(await client.apps.read(app.id)).toMatchObject({ live: { id: two!.id, status: 'live' }, latest: { id: latest!.id } });
    });
  });

  describe('the facts', () => {
    it('tell a change of requirements, of settings and of drafts\' values apart', async () => {
      const app = await create();
      await history(app, ['one']);
      const changes = async () => (await client.apps.read(app.id)).changes;
      const { version } = await client.drafts.read(app.id);
      await client.drafts.save(app.id, { version, files: [...main('one'), { path: 'requirements.txt', content: 'httpx\n' }] });
      expect(await changes()).toEqual({ code: false, dependencies: true, environment: false, settings: false });
      await client.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: '1', scope: 'draft' }] });
      expect((await changes()).environment).toBe(false);
      await client.environment.save(app.id, { version: 1, variables: [{ name: 'A', value: '1', scope: 'live' }] });
      await client.apps.patch(app.id, { settings: { exclusive: true } });
      expect(await changes()).toEqual({ code: false, dependencies: true, environment: true, settings: true });
      await settled(client, await client.deployments.create(app.id, { draftVersion: version + 1 }));
      expect(await client.apps.read(app.id)).toMatchObject({ freshness: 'up_to_date', changes: { dependencies: false, environment: false, settings: false } });
    });
  });
});
