import type { V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isGateOpen } from '../src/runtime/kubernetes/deploying/gate.ts';
import { toAppName } from '../src/runtime/kubernetes/objects/names.ts';
import type { Runtime, Wanted } from '../src/runtime/runtime.ts';
import { makeApp } from '../src/test-parts/bundles.ts';
import { until } from '../src/test-parts/until.ts';
import { offerWanted } from '../src/test-parts/wanted.ts';
import { type KubernetesHouse, openKubernetesHouse } from './house.ts';

const never = new AbortController().signal;
const patienceMs = 60_000;
/** More than the calls of a first deploy. */
const stepLimit = 16;
let house: KubernetesHouse;
let count = 0;
let appId: string;

const want = (generation: number, word: string): Wanted => offerWanted(house, appId, generation, makeApp(word));
const serve = async (runtime: Runtime, wanted: Wanted, signal = never): Promise<void> => {
  await runtime.prepare(wanted, signal);
  await runtime.activate(wanted, signal);
};
const podsOf = (): Promise<V1Pod[]> => house.podsOfApp(appId);
/** All free ones, once there are as many as are wanted. */
const freeRunners = (): Promise<V1Pod[]> => until(async () => {
  const { items: [set] } = await house.cluster.list<V1ReplicaSet>('ReplicaSet', { 'fapi.dev/role': 'pool' });
  const pods = await house.podsOf({ 'fapi.dev/role': 'pool' });
  return pods.length === set?.spec?.replicas && pods.every((pod) => pod.status?.containerStatuses?.[0]?.ready) ? pods : [];
}, (pods) => pods.length >= 2, patienceMs);
const expectServed = async (word: string): Promise<V1Pod> => {
  expect((await until(() => house.visit(appId), ({ status }) => status === 200, patienceMs)).body.word).toBe(word);
  const [pod] = await until(podsOf, (pods) => pods.length === 1 && pods[0]!.metadata!.ownerReferences?.[0]?.name === toAppName(appId), patienceMs);
  expect(isGateOpen(pod!)).toBe(true);
  return pod!;
};

describe('a first deploy', () => {
  beforeAll(async () => {
    house = await openKubernetesHouse({ workbenches: 1 });
  });
  afterAll(() => house?.close());
  beforeEach(async () => {
    appId = `app-${++count}`;
    await freeRunners();
  });

  it('is taken up by the next controller wherever the former one was killed, in the pod that it had claimed', async () => {
    const endedAt: string[] = [];
    let claims = 0;
    for (let step = 1, isServed = false; !isServed; step++) {
      expect(step).toBeLessThan(stepLimit);
      appId = `app-${++count}`;
      await freeRunners();
      let calls = Number.NEGATIVE_INFINITY;
      let last = '';
      const former = await house.openRuntime({
        // Nothing is asked by whoever is dead, in whatever it was in the middle of.
        onCall(verb, resource) {
          if (resource !== 'leases' || verb !== 'update') calls += 1;
          if (calls < step) return;
          last ||= `${verb} ${resource}`;
          throw new Error('the controller was killed');
        },
      });
      await until(() => former.describe().catch(() => undefined), Boolean, patienceMs);
      calls = 0;
      isServed = await serve(former, want(1, 'one')).then(() => calls < step, () => false);
      calls = Number.POSITIVE_INFINITY;
      const claimed = await podsOf();
      endedAt.push(last);
      await former.close();
      const next = await house.openRuntime();
      await until(() => serve(next, want(1, 'one')).then(() => true, () => false), Boolean, patienceMs);
      const pod = await expectServed('one');
      claims += claimed.filter(({ metadata }) => metadata!.name!.startsWith('pool-')).length;
      if (claimed.length > 0) expect(claimed.map(({ metadata }) => metadata!.uid), `ended at ${last}`).toEqual([pod.metadata!.uid]);
      expect(await house.recordOf(appId)).toMatchObject({ generation: 1, release: { generation: 1 } });
    }
    expect(endedAt).toEqual(expect.arrayContaining(['get leases', 'create replicasets', 'create services', 'patch pods/status']));
    // Not all of them may have been reached when they were looked for.
    expect(claims).toBeGreaterThan(endedAt.length / 2);
  });

  it('goes to another pod when the one that it has claimed is deleted before it has the files', async () => {
    let deleting: Promise<unknown> | undefined;
    const runtime = await house.openRuntime({
      onCall(verb, resource) {
        if (verb === 'create' && resource === 'services') deleting ??= podsOf().then((pods) => Promise.all(pods.map((pod) => house.cluster.remove('Pod', pod.metadata!.name!))));
      },
    });
    await until(() => runtime.describe().catch(() => undefined), Boolean, patienceMs);
    await until(() => serve(runtime, want(1, 'one')).then(() => true, () => false), Boolean, patienceMs);
    expect(deleting).toBeDefined();
    await deleting;
    await expectServed('one');
    await until(() => runtime.observe(appId).catch(() => undefined), (seen) => seen?.health === 'running' && seen.active?.generation === 1, patienceMs);
  });

  it('ends in time when the agent does not answer, and begins anew there once it does', async () => {
    const frozen: number[] = [];
    for (const pod of await freeRunners()) frozen.push(await house.withAgent(pod, async ({ hello }) => hello.pid));
    try {
      for (const pid of frozen) process.kill(pid, 'SIGSTOP');
      await expect(serve(house.runtime, want(1, 'one'), AbortSignal.timeout(1_500))).rejects.toThrow(/timeout/);
    } finally {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
    }
    const [claimed] = await podsOf();
    await until(() => serve(house.runtime, want(1, 'one')).then(() => true, () => false), Boolean, patienceMs);
    expect((await expectServed('one')).metadata!.uid).toBe(claimed!.metadata!.uid);
    await serve(house.runtime, want(2, 'two'));
    await expectServed('two');
  });
});
