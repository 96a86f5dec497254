import { stageLimitMs } from '@fapi/runner-controller/work';
import { createClient, type FapiClient, isApiError, isSettled } from '@fapi/sdk';
import type { App, Deployment } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, startSystemOn } from './parts/databases.ts';
import { makeRandom } from './parts/random.ts';
import { main, playRunner, type RunnerPlay } from './parts/runner-play.ts';
import { type System, until } from './parts/system.ts';

/** What an operator may be told besides that it was done. */
const refusals = new Set(['app_not_found', 'app_not_deleted', 'app_suspended', 'workspace_suspended', 'draft_conflict', 'not_live', 'no_last_good', 'not_settled', 'already_live', 'already_settled', 'deployment_not_found']);
const seeds = process.env['FAPI_SEED'] === undefined ? [1, 2, 3] : [Number(process.env['FAPI_SEED'])];
const [operators, steps] = [4, 30];

/** What was answered: nothing that is in it may be untrue afterwards. */
interface Ledger { deployments: Deployment[]; clones: App[]; deletes: number; restores: number; refused: string[] }

describe.each(databases)('operators who act at once on %s', (kind) => {
  let system: System;
  let runner: RunnerPlay;
  let client: FapiClient;
  beforeAll(async () => {
    system = await startSystemOn(kind);
    client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
    // Most go live, some fail, and of some nothing is heard.
    runner = playRunner(system, (_, generation) => (generation % 7 === 3 ? 'failed' : generation % 11 === 5 ? 'silent' : 'live'));
  });
  afterAll(async () => {
    client?.close();
    runner?.stop();
    await system?.stop();
  });

  const acts: Record<string, (appId: string, ledger: Ledger, random: () => number) => Promise<unknown>> = {
    async deploy(appId, { deployments }, random) {
      const { version } = await client.drafts.read(appId);
      deployments.push(await client.deployments.create(appId, { draftVersion: version, patch: { put: main(String(random())) } }));
    },
    async environment(appId, { deployments }) { deployments.push(await client.deployments.create(appId, { revision: 'live' })); },
    async revert(appId, { deployments }) { deployments.push(await client.deployments.create(appId, { revision: 'last_good' })); },
    async cancel(appId) { const { latest } = await client.apps.read(appId); if (latest) await client.deployments.cancel(appId, latest.id); },
    async retry(appId, { deployments }) { const { latest } = await client.apps.read(appId); if (latest) deployments.push(await client.deployments.retry(appId, latest.id)); },
    async delete(appId, ledger) { await client.apps.delete(appId); ledger.deletes++; },
    async restore(appId, ledger) { await client.apps.restore(appId); ledger.restores++; },
    suspend: (appId) => client.apps.suspend(appId),
    resume: (appId) => client.apps.resume(appId),
    suspendAll: () => client.workspaces.suspend('default'),
    resumeAll: () => client.workspaces.resume('default'),
    async clone(appId, { clones }, random) { clones.push(await client.apps.clone(appId, { from: random() < 0.5 ? 'draft' : 'live', environment: 'values' })); },
    egress: (appId, _, random) => client.egress.put(appId, { grants: [{ host: '10.0.0.1', port: 1 + Math.floor(random() * 100) }] }),
    limits: (appId, _, random) => client.apps.limits.put(appId, { memoryMiB: 64 + Math.floor(random() * 100) }),
  };
  // What stops everything comes seldom, and what brings it back as often.
  const names = [...Object.keys(acts), ...Array.from({ length: 8 }, () => 'deploy'), 'environment', 'cancel', 'retry', 'restore', 'restore', 'resume', 'resumeAll', 'resumeAll', 'revert'];

  it.each(seeds)('are told nothing that is not so (seed %s)', async (seed) => {
    const app = await client.apps.create({ title: `Raced ${seed}`, files: main('zero') });
    const ledger: Ledger = { deployments: [], clones: [], deletes: 0, restores: 0, refused: [] };
    await Promise.all(Array.from({ length: operators }, async (_, operator) => {
      const random = makeRandom(seed * 100 + operator);
      for (let step = 0; step < steps; step++) {
        const name = names[Math.floor(random() * names.length)]!;
        await acts[name]!(app.id, ledger, random).catch((error: unknown) => {
          if (!isApiError(error)) throw error;
          ledger.refused.push(error.code);
        });
      }
    }));
    expect(ledger.refused.filter((code) => !refusals.has(code))).toEqual([]);

    // It was deleted and restored in turn, and is as the last of them left it.
    expect([0, 1]).toContain(ledger.deletes - ledger.restores);
    const isGone = await client.apps.read(app.id).then(() => false, () => true);
    expect(isGone).toBe(ledger.deletes - ledger.restores === 1);
    await client.workspaces.resume('default');
    if (isGone) {
      await until(() => runner.serving(app.id), (generation) => generation === undefined);
      await client.apps.resume(app.id);
      await client.apps.restore(app.id);
    } else await client.apps.resume(app.id);

    // Every deployment that was promised is there, once, and ends.
    system.advance(stageLimitMs + 40_000);
    const list = async (): Promise<Deployment[]> => {
      const all: Deployment[] = [];
      for await (const deployment of client.deployments.list(app.id, { limit: 100 })) all.push(deployment);
      return all;
    };
    const all = await until(list, (found) => found.every(isSettled), 20_000);
    const generations = all.map(({ generation }) => generation);
    expect(generations).toEqual(generations.toSorted((a, b) => b - a));
    expect(new Set(generations).size).toBe(generations.length);
    for (const { id, generation, revision, trigger } of ledger.deployments) expect(all.filter((found) => found.id === id)).toMatchObject([{ generation, revision, trigger }]);
    for (const { status, stages, endedAt } of all) {
      expect(endedAt === undefined).toBe(status === 'live');
      if (status !== 'live') expect(stages.filter((stage) => stage.endedAt === undefined)).toEqual([]);
    }

    // At most one is live; it is the one that the app names, and the one that answers.
    const look = async () => ({ serving: runner.serving(app.id), named: (await client.apps.read(app.id)).live?.generation, live: (await list()).filter(({ status }) => status === 'live').map(({ generation }) => generation), wanted: runner.specs.of(app.id) });
    await until(look, ({ serving, named, live }) => serving === named && JSON.stringify(live) === JSON.stringify(named === undefined ? [] : [named]));

    // Every clone is there, with a draft of its own.
    expect(new Set(ledger.clones.map(({ id }) => id)).size).toBe(ledger.clones.length);
    for (const { id } of ledger.clones) expect((await client.drafts.read(id)).files).toHaveLength(1);
  }, 60_000);
});
