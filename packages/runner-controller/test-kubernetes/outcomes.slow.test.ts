import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Controller } from '../src/controller.ts';
import { loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { makeApp } from '../src/test-parts/bundles.ts';
import { until } from '../src/test-parts/until.ts';
import { openWishes, startController, type Wishes } from '../src/test-parts/wishes.ts';
import { type Fault, type FaultyApi, startFaultyApi } from './faulty-api.ts';
import { type KubernetesHouse, openKubernetesHouse } from './house.ts';

/** The same numbers for the same seed. */
const makeRandom = (seed: number) => (): number => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};
const seed = Number(process.env['FAPI_SEED'] || 7);

describe(`a controller whose API server refuses (seed ${seed})`, () => {
  let house: KubernetesHouse;
  let api: FaultyApi;
  let wishes: Wishes;
  let controller: Controller;
  beforeAll(async () => {
    house = await openKubernetesHouse();
    api = await startFaultyApi(loadKubeConfig(house.testCluster.kubeconfigPath));
    const runtime = await house.openRuntime({ config: api.config, resyncMs: 2_000, tickMs: 500 });
    await until(() => runtime.describe().catch(() => undefined), Boolean, 60_000);
    wishes = openWishes(house);
    controller = startController(wishes.bus, runtime, { resyncMs: 1_000, runnerLostMs: 300_000 });
  });
  afterAll(async () => {
    await controller?.close();
    await wishes?.stop();
    await house?.close();
    await api?.stop();
  });

  /** Deploys to several apps at once, twice, and looks at what came of it. */
  const deployThrough = async (name: string, fault: (random: () => number) => Parameters<FaultyApi['fail']>[0]): Promise<void> => {
    const ids = ['a', 'b', 'c'].map((letter) => `${name}-${letter}`);
    api.fail(fault(makeRandom(seed)));
    for (const generation of [1, 2]) {
      for (const id of ids) await wishes.deploy(id, generation, makeApp(`${id} ${generation}`));
      for (const id of ids) {
        const ended = await until(() => wishes.heard(id).find((status) => status.generation === generation && status.phase !== 'working'), Boolean, 120_000);
        expect([ended!.phase, ended!.message]).toEqual(['live', undefined]);
      }
    }
    api.fail(() => undefined);
    for (const id of ids) {
      expect((await until(() => house.visit(id), ({ status }) => status === 200, 40_000)).body.word).toBe(`${id} 2`);
      await until(() => house.podsOfApp(id), (pods: V1Pod[]) => pods.length === 1, 40_000);
    }
  };
  const every = (share: number, fault: Fault) => (random: () => number) => ({ isWatch }: { isWatch: boolean }): Fault | undefined => (!isWatch && random() < share ? fault : undefined);

  it.each([
    ['is busy and says when to ask again', 'busy', every(0.4, { status: 429, retryAfterS: 1 })],
    ['breaks now and then', 'broken', every(0.4, { status: 500 })],
    ['is being replaced', 'replaced', every(0.4, { status: 503 })],
    ['has another writer at every object', 'contested', (random: () => number) => ({ method, path }: { method: string; path: string }) => (method !== 'GET' && !path.includes('/leases') && random() < 0.3 ? { status: 409 as const } : undefined)],
    ['has forgotten the past of its watches', 'forgetful', (random: () => number) => ({ isWatch }: { isWatch: boolean }) => (isWatch && random() < 0.7 ? { status: 410 as const } : undefined)],
  ])('deploys all the same where it %s', async (_title, name, fault) => {
    await deployThrough(name, fault);
    expect(house.runtime.problem()).toBeUndefined();
  });

  it('has met each of them', () => {
    expect(Object.keys(api.counts()).toSorted()).toEqual(['409', '410', '429', '500', '503']);
  });
});
