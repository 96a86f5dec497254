import type { V1NetworkPolicy, V1Pod, V1Service } from '@kubernetes/client-node';
import { CoreV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { readEpoch } from '../src/runtime/kubernetes/cluster/epoch.ts';
import { isGateOpen } from '../src/runtime/kubernetes/deploying/gate.ts';
import { toAppName } from '../src/runtime/kubernetes/objects/names.ts';
import { makeWayOut } from '../src/runtime/kubernetes/objects/network.ts';
import { selectApp } from '../src/runtime/kubernetes/objects/resources.ts';
import { OvertakenError, type Runtime, RuntimeUnavailableError, StaleError, type Wanted, WorkbenchBusyError } from '../src/runtime/runtime.ts';
import { appThatTellsItsLimits, makeApp } from '../src/test-parts/bundles.ts';
import { follow } from '../src/test-parts/follow.ts';
import { until } from '../src/test-parts/until.ts';
import { offerWanted } from '../src/test-parts/wanted.ts';
import { type KubernetesHouse, openKubernetesHouse } from './house.ts';

const never = new AbortController().signal;
const patienceMs = 40_000;
let house: KubernetesHouse;
let count = 0;
let appId: string;
beforeEach(() => {
  appId = `app-${++count}`;
});

const want = (generation: number, word: string, id = appId): Wanted => offerWanted(house, id, generation, makeApp(word));
const serve = async (runtime: Runtime, wanted: Wanted): Promise<{ durationMs: number; note?: string | undefined }> => {
  const prepared = await runtime.prepare(wanted, never);
  await runtime.activate(wanted, never);
  return prepared;
};
const podsOf = (id = appId): Promise<V1Pod[]> => house.podsOfApp(id);
const recordOf = () => house.recordOf(appId);
const freeRunners = (): Promise<V1Pod[]> => until(async () => (await house.podsOf({ 'fapi.dev/role': 'pool' })).filter((pod) => pod.status?.containerStatuses?.[0]?.started), (pods) => pods.length >= 2, patienceMs);

describe('an app in the cluster', () => {
  beforeAll(async () => {
    // Some pods are made at once here, each a Python of its own.
    house = await openKubernetesHouse({ workbenchWaitMs: patienceMs });
  });
  afterAll(() => house?.close());

  it('is a warm pod that its own ReplicaSet has adopted, behind a Service, with its record on it', async () => {
    await freeRunners();
    // That a pod has started is seen here before its agent is reached there: until then an app finds nothing warm.
    await until(async () => {
      appId = `app-${++count}`;
      return (await serve(house.runtime, want(1, 'one'))).note;
    }, (note) => note === undefined, patienceMs);
    const wanted = want(1, 'one');
    const [pod, ...others] = await until(podsOf, (pods) => pods.length === 1 && pods[0]!.metadata!.ownerReferences?.[0]?.name === toAppName(appId), patienceMs);
    expect(others).toEqual([]);
    expect(pod!.metadata!.name).toMatch(/^pool-/);
    expect(isGateOpen(pod!)).toBe(true);
    expect((await house.cluster.find<V1Service>('Service', toAppName(appId)))!.spec!.selector).toEqual(selectApp(appId));
    expect(await recordOf()).toMatchObject({ appId, generation: 1, state: 'live', release: { generation: 1, revision: wanted.revision } });
    await until(podsOf, ([one]) => one?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true, patienceMs);
    // The pool has another one by then.
    await freeRunners();
  });

  it('has a policy for what it was granted, until it is granted it no more', async () => {
    const granted: Wanted = { ...want(1, 'one'), egress: [{ host: '10.9.8.7', port: 5432 }] };
    await serve(house.runtime, granted);
    expect((await house.cluster.find<V1NetworkPolicy>('NetworkPolicy', toAppName(appId)))!.spec!.egress).toEqual(makeWayOut(appId).spec.egress);
    await serve(house.runtime, want(2, 'two'));
    expect(await house.cluster.find('NetworkPolicy', toAppName(appId))).toBeUndefined();
  });

  it('is never in the pod of another one, however many begin at once', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${appId}-${letter}`);
    await Promise.all(ids.map((id) => serve(house.runtime, want(1, id, id))));
    const names: string[] = [];
    for (const id of ids) {
      expect((await house.visit(id)).body.word).toBe(id);
      const pods = await until(() => podsOf(id), (all) => all.length === 1, patienceMs);
      names.push(pods[0]!.metadata!.name!);
      expect((await house.withAgent(pods[0]!, (agent) => agent.request('apps'))).appIds).toEqual([id]);
    }
    expect(new Set(names).size).toBe(ids.length);
    for (const id of ids) await house.runtime.remove(id, 2);
  });

  const memoryOf = (pod: V1Pod | undefined) => pod?.spec?.containers[0]?.resources?.limits?.['memory'];
  const wantMemory = (generation: number, memoryMiB: number): Wanted => offerWanted(house, appId, generation, appThatTellsItsLimits, { limits: { memoryMiB, folderMiB: null } });

  it('has a pod with the memory that it may have, also where pods cannot be resized, and so has every pod that comes after it', async () => {
    await serve(house.runtime, wantMemory(1, 3_000));
    const [pod] = await podsOf();
    expect([memoryOf(pod), (await house.visit(appId)).body.memoryMiB]).toEqual(['3512Mi', 3_000]);
    await house.cluster.remove('Pod', pod!.metadata!.name!);
    await until(() => house.visit(appId), (answer) => answer.status === 200 && answer.body.memoryMiB === 3_000, patienceMs);
    const [next] = await podsOf();
    expect([memoryOf(next), next!.metadata!.uid === pod!.metadata!.uid]).toEqual(['3512Mi', false]);
    // The test cluster's node says that it cannot: who serves goes on as it is.
    await serve(house.runtime, want(2, 'two'));
    expect((await podsOf()).map((one) => [memoryOf(one), one.metadata!.uid])).toEqual([['3512Mi', next!.metadata!.uid]]);
  });

  it('waits for a workbench when more are begun at once than are free', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${appId}-${letter}`);
    const seen = await Promise.all(ids.map((id) => house.runtime.dryImport(want(1, id, id), { session: 's', sequence: 1, values: 'draft' }, never)));
    expect(seen.map(({ prepared }) => prepared)).toEqual(ids.map(() => true));
  });

  it('is brought back in another pod when its own is deleted', async () => {
    await serve(house.runtime, want(1, 'one'));
    const changes = follow((signal) => house.runtime.changes(signal));
    const [before] = await podsOf();
    await house.cluster.remove('Pod', before!.metadata!.name!);
    await until(() => house.runtime.observe(appId).catch(() => undefined), (seen) => seen?.health === 'crashed' && seen.active?.generation === 1, patienceMs);
    expect(changes.seen).toContain(appId);
    await until(() => house.visit(appId), (answer) => answer.status === 200 && answer.body.word === 'one', patienceMs);
    const [after] = await podsOf();
    expect(after!.metadata!.uid).not.toBe(before!.metadata!.uid);
    await until(() => house.runtime.observe(appId), (seen) => seen?.health === 'running', patienceMs);
    await changes.stop();
  });

  it('is brought back by its agent, in its pod, when that was killed', async () => {
    await serve(house.runtime, want(1, 'one'));
    const { born } = (await house.visit(appId)).body;
    const [before] = await podsOf();
    await house.testCluster.own!.node.killPod(house.namespace, before!.metadata!.name!);
    await until(() => house.visit(appId), (answer) => answer.status === 200 && answer.body.born !== born, patienceMs);
    const [after] = await podsOf();
    expect(after!.metadata!.uid).toBe(before!.metadata!.uid);
    await until(() => house.runtime.observe(appId).catch(() => undefined), (seen) => seen?.health === 'running', patienceMs);
    // It goes on to be deployed to.
    await serve(house.runtime, want(2, 'two'));
    expect((await house.visit(appId)).body.word).toBe('two');
  });

  it('goes on when the API server was away', async () => {
    await serve(house.runtime, want(1, 'one'));
    await house.testCluster.own!.restartApiServer();
    expect((await house.visit(appId)).body.word).toBe('one');
    // Whoever was away for longer than the lease is in doubt until it is renewed.
    await until(() => house.runtime.problem(), (problem) => problem === undefined, patienceMs);
    await serve(house.runtime, want(2, 'two'));
    expect((await house.visit(appId)).body.word).toBe('two');
    // What happens afterwards is seen again.
    const [pod] = await podsOf();
    await house.cluster.remove('Pod', pod!.metadata!.name!);
    await until(() => house.visit(appId), (answer) => answer.status === 200 && answer.body.word === 'two', patienceMs);
  });

  it('is gone from the cluster when it is removed, but for its generation', async () => {
    await serve(house.runtime, want(1, 'one'));
    await house.runtime.remove(appId, 2);
    await until(podsOf, (pods) => pods.length === 0, patienceMs);
    expect(await house.cluster.find('Service', toAppName(appId))).toBeUndefined();
    expect(await recordOf()).toEqual({ appId, host: appId, epoch: await readEpoch(house.cluster), state: 'removed', generation: 2, removedAt: expect.any(String) });
    // A removal that is said again counts: what is older than it is over.
    await house.runtime.remove(appId, 5);
    await expect(house.runtime.prepare(want(4, 'four'), never)).rejects.toThrow(StaleError);
  });
});

describe('one controller after the other', () => {
  beforeAll(async () => {
    house = await openKubernetesHouse();
  });
  afterAll(() => house?.close());

  it('reads everything back, and nothing is started again', async () => {
    const wanted = want(1, 'one');
    await serve(house.runtime, wanted);
    const { born } = (await house.visit(appId)).body;
    await house.runtime.close();
    const next = await house.openRuntime();
    expect(await until(() => next.observe(appId).catch(() => undefined), Boolean, patienceMs)).toMatchObject({ active: { generation: 1, revision: wanted.revision }, health: 'running' });
    expect(await next.verify(wanted, never)).toEqual({ generation: 1, revision: wanted.revision });
    await serve(next, wanted);
    expect((await house.visit(appId)).body.born).toBe(born);
    expect(await readEpoch(house.cluster)).toBeGreaterThan(1);
  });

  it('refuses the older one whatever it asks, and agents do too', async () => {
    const [former, wanted] = [house.runtime, want(1, 'one')];
    await serve(former, wanted);
    const next = await house.openRuntime();
    await until(() => next.observe(appId).catch(() => undefined), Boolean, patienceMs);
    const [pod] = await podsOf();
    await until(() => house.withAgent(pod!, (agent) => agent.request('apps')));
    await expect(house.withAgent(pod!, (agent) => agent.request('apps'), (await readEpoch(house.cluster)) - 1)).rejects.toMatchObject({ code: 'stale_epoch' });
    for (const act of [() => former.prepare(want(2, 'two'), never), () => former.activate(want(2, 'two'), never), () => former.remove(appId, 3), () => former.stop(appId, 3, { isHidden: false })]) await expect(act()).rejects.toThrow(OvertakenError);
    expect(former.problem()).toMatch(/controller/);
    expect((await house.visit(appId)).body.word).toBe('one');
    await serve(next, want(2, 'two'));
    expect((await house.visit(appId)).body.word).toBe('two');
    await former.close();
  });

  it('takes up a pod that was claimed by one that ended right after', async () => {
    await freeRunners();
    let isClaimed = false;
    const ended = new Error('the controller was killed');
    const former = await house.openRuntime({
      onCall(verb, resource) {
        if (isClaimed && resource === 'replicasets') throw ended;
        if (verb === 'patch' && resource === 'pods') isClaimed = true;
      },
    });
    await until(() => former.describe().catch(() => undefined), Boolean, patienceMs);
    await expect(until(() => former.prepare(want(1, 'one'), never))).rejects.toThrow(ended);
    const [claimed] = await podsOf();
    expect([claimed!.metadata!.name, await recordOf()]).toEqual([expect.stringMatching(/^pool-/), undefined]);
    await former.close();
    await serve(await house.openRuntime(), want(1, 'one'));
    const pods = await until(podsOf, (all) => all.length === 1, patienceMs);
    expect(pods[0]!.metadata!.name).toBe(claimed!.metadata!.name);
  });

  it('finishes a switch that was not written down', async () => {
    await serve(house.runtime, want(1, 'one'));
    await house.runtime.prepare(want(2, 'two'), never);
    const [pod] = await podsOf();
    const { revision } = want(2, 'two');
    await house.runtime.close();
    // As the agent stands when its controller ends between the switch and the record.
    await house.withAgent(pod!, (agent) => agent.request('activate', { appId, generation: 2, digest: revision }));
    expect((await recordOf())?.release?.generation).toBe(1);
    await house.openRuntime();
    await until(recordOf, (record) => record?.release?.generation === 2 && record.candidate === undefined, patienceMs);
    expect((await recordOf())?.former?.generation).toBe(1);
  });
});

describe('where nothing is free', () => {
  beforeAll(async () => {
    house = await openKubernetesHouse({ pool: { min: 0, max: 0 }, workbenches: 1, workbenchIdleMs: 3_000, workbenchWaitMs: 300, tickMs: 200 });
  });
  afterAll(() => house?.close());

  it('starts a pod for the app and says so', async () => {
    expect((await serve(house.runtime, want(1, 'one'))).note).toBe('cold_start');
    expect((await house.visit(appId)).body.word).toBe('one');
    expect((await serve(house.runtime, want(2, 'two'))).note).toBeUndefined();
  });

  it('is checked in its own pod while that is being made: a workbench is left to whoever edits', async () => {
    const wanted = want(1, 'one');
    const [, { findings }] = await Promise.all([house.runtime.prepare(wanted, never), house.runtime.validate(wanted, never)]);
    expect(findings).toEqual([]);
    expect(await house.podsOf({ 'fapi.dev/role': 'workbench' })).toEqual([]);
  });

  it('says in words that every workbench is in use, and ends one that nobody uses', async () => {
    const draft = (id: string) => house.runtime.dryImport(want(1, id, id), { session: 's', sequence: 1, values: 'draft' }, never);
    expect(await draft(appId)).toMatchObject({ prepared: true });
    // Until the pool has another one, nobody else can open any.
    const others = await Promise.allSettled([draft(`${appId}-b`), draft(`${appId}-c`), draft(`${appId}-d`)]);
    expect(others.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))).toEqual(expect.arrayContaining([expect.any(WorkbenchBusyError)]));
    const [bench] = await house.podsOf({ 'fapi.dev/role': 'workbench', 'fapi.dev/app': appId });
    expect(bench).toBeDefined();
    await until(() => house.podsOf({ 'fapi.dev/role': 'workbench', 'fapi.dev/app': appId }), (pods) => pods.length === 0, patienceMs);
    await until(() => draft(appId).catch(() => undefined), Boolean, patienceMs);
  });

  it('says what the cluster says when no pod can be had', async () => {
    const config = loadKubeConfig(house.testCluster.kubeconfigPath);
    const core = config.makeApiClient(CoreV1Api);
    await core.createNamespacedResourceQuota({ namespace: house.namespace, body: { metadata: { name: 'none' }, spec: { hard: { pods: '0' } } } });
    const runtime = await house.openRuntime({ reachMs: 4_000 });
    await expect(runtime.prepare(want(1, 'one'), never)).rejects.toThrow(/exceeded quota/);
    await core.deleteNamespacedResourceQuota({ namespace: house.namespace, name: 'none' });
    await runtime.remove(appId, 2);
    await runtime.close();
    const wrong = await house.openRuntime({ image: 'registry.invalid/fapi-runner:no', reachMs: 4_000 });
    const failure = await wrong.prepare(want(1, 'one', `${appId}-b`), never).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RuntimeUnavailableError);
    expect(String(failure)).toMatch(/Image.*registry\.invalid/);
  });
});

describe('two pods of each app', () => {
  beforeAll(async () => {
    house = await openKubernetesHouse({ replicas: 2, pool: { min: 2, max: 4 } });
  });
  afterAll(() => house?.close());
  const words = async (): Promise<unknown[]> => Promise.all((await podsOf()).map((pod) => house.withAgent(pod, async (agent) => (await agent.request('status', { appId })).apps[0]?.active?.generation).catch(() => undefined)));

  it('switch together, and one that is lost is made good while the other serves', async () => {
    await freeRunners();
    await serve(house.runtime, want(1, 'one'));
    await until(words, (found) => found.join() === '1,1', patienceMs);
    expect(await house.cluster.find('PodDisruptionBudget', toAppName(appId))).toMatchObject({ spec: { maxUnavailable: 1 } });
    await serve(house.runtime, want(2, 'two'));
    expect(await words()).toEqual([2, 2]);
    const [first] = await podsOf();
    await house.cluster.remove('Pod', first!.metadata!.name!);
    expect(await house.runtime.observe(appId)).toMatchObject({ active: { generation: 2 }, health: 'running' });
    await until(words, (found) => found.join() === '2,2', patienceMs);
    await until(podsOf, (pods) => pods.length === 2 && pods.every(isGateOpen), patienceMs);
  });

  it('are replaced by pods of the new image only where they are free', async () => {
    await serve(house.runtime, want(1, 'one'));
    const { born } = (await house.visit(appId)).body;
    const old = (await house.podsOf({ 'fapi.dev/role': 'pool' }))[0]!.metadata!.labels!['fapi.dev/runner'];
    await house.runtime.close();
    await house.openRuntime({ image: 'fapi-runner:next', tickMs: 200 });
    await until(() => house.podsOf({ 'fapi.dev/role': 'pool' }), (pods) => pods.length >= 2 && pods.every((pod) => pod.metadata!.labels!['fapi.dev/runner'] !== old), patienceMs);
    const seen = await until(() => house.visit(appId), (answer) => answer.status === 200, patienceMs);
    expect([seen.body.word, (await podsOf()).length]).toEqual(['one', 2]);
    expect(typeof born).toBe('string');
  });
});
