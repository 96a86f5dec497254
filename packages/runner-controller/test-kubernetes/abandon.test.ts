import type { V1PodDisruptionBudget, V1ReplicaSet } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toAppName } from '../src/runtime/kubernetes/objects/names.ts';
import { makeApp } from '../src/test-parts/bundles.ts';
import { until } from '../src/test-parts/until.ts';
import { offerWanted } from '../src/test-parts/wanted.ts';
import { type KubernetesHouse, openKubernetesHouse } from './house.ts';

const never = new AbortController().signal;
const exclusive = { exclusive: true, idleFreezeS: null, idleStopS: null };

describe('a generation on Kubernetes that does not come to serve', () => {
  let house: KubernetesHouse;
  beforeAll(async () => {
    house = await openKubernetesHouse({ replicas: 2 });
  }, 120_000);
  afterAll(() => house?.close());

  const wantedPods = async () => (await house.cluster.find<V1ReplicaSet>('ReplicaSet', toAppName('app')))!.spec!.replicas;
  const hasBudget = async () => (await house.cluster.find<V1PodDisruptionBudget>('PodDisruptionBudget', toAppName('app'))) !== undefined;

  it('has no say in how many pods the app has and what they may have, until it is switched to', async () => {
    const first = offerWanted(house, 'app', 1, makeApp('one'), { settings: exclusive });
    await house.runtime.prepare(first, never);
    await house.runtime.activate(first, never);
    expect([await wantedPods(), await hasBudget()]).toEqual([1, false]);

    // Two would own at once what only one may.
    const failing = offerWanted(house, 'app', 2, 'raise RuntimeError("not today")', { limits: { memoryMiB: 3_000, folderMiB: null } });
    await expect(house.runtime.prepare(failing, never)).rejects.toThrow('not today');
    expect(await wantedPods()).toBe(1);
    await house.runtime.abandon(failing, never);
    expect(await house.recordOf('app')).toMatchObject({ generation: 2, release: { generation: 1 } });
    expect((await house.recordOf('app'))!.candidate).toBeUndefined();
    const [pod] = (await house.cluster.find<V1ReplicaSet>('ReplicaSet', toAppName('app')))!.spec!.template!.spec!.containers;
    expect([await wantedPods(), pod!.resources!.limits!['memory']]).toEqual([1, '2Gi']);

    const next = offerWanted(house, 'app', 3, makeApp('three'));
    await house.runtime.prepare(next, never);
    expect(await wantedPods()).toBe(1);
    await house.runtime.activate(next, never);
    expect([await wantedPods(), await hasBudget()]).toEqual([2, true]);
    // What serves is never given up.
    await house.runtime.abandon(next, never);
    expect(await house.recordOf('app')).toMatchObject({ generation: 3, release: { generation: 3 } });
    await until(async () => (await house.podsOfApp('app')).length, (count) => count === 2, 30_000);
  });
});
