import type { V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import { loadKubeConfig } from '../../packages/runner-controller/src/runtime/kubernetes/cluster/cluster.ts';
import { selectApp } from '../../packages/runner-controller/src/runtime/kubernetes/objects/resources.ts';
import { makeApp, makeBundle } from '../../packages/runner-controller/src/test-parts/bundles.ts';
import { makeSpec } from '../../packages/runner-controller/src/test-parts/messages.ts';
import { until } from '../../packages/runner-controller/src/test-parts/until.ts';
import { openWishes, startController } from '../../packages/runner-controller/src/test-parts/wishes.ts';
import type { RunnerStatus, WorkBus } from '../../packages/runner-controller/src/work/index.ts';
import { openKubernetesHouse } from '../../packages/runner-controller/test-kubernetes/house.ts';
import type { Figures } from '../parts/row.ts';
import { openRollout } from './rollout.ts';

export const deployRows = ['spec_to_action', 'claim', 'hot_swap', 'watch_to_status'] as const;
type Row = (typeof deployRows)[number];

/** One app after the other: its first deploy, its second one, its end, each in turn with a rollout of the same app. */
export async function measureKubernetesDeploys(rounds: number): Promise<Record<Row, Figures>> {
  let firstCallAt = Number.POSITIVE_INFINITY;
  const house = await openKubernetesHouse({ onCall: (verb, resource) => void (verb === 'patch' && resource === 'pods' && (firstCallAt = Math.min(firstCallAt, performance.now()))) });
  const wishes = openWishes(house);
  const controller = startController(wishes.bus, house.runtime);
  const rollout = openRollout(loadKubeConfig(house.testCluster.kubeconfigPath), house.namespace, house.podsOf);
  const figures = Object.fromEntries(deployRows.map((row) => [row, { ours: [] as number[], peers: [] as number[] }])) as Record<Row, { ours: number[]; peers: number[] }>;
  /** From the spec on the bus to the word on the bus: what packs the files, and who asks now and then, are not what is measured. */
  const settle = async (appId: string, generation: number): Promise<{ ms: number; isWarm: boolean; firstCallMs: number }> => {
    const bundle = makeBundle(makeApp(`${appId} ${generation}`));
    house.offer(bundle);
    const hearing = hearEnd(wishes.bus, appId, generation);
    firstCallAt = Number.POSITIVE_INFINITY;
    const startedAt = performance.now();
    await wishes.bus.specs.publish(makeSpec(appId, generation, { revision: bundle.revision, bundleSha256: bundle.bundleSha256 }));
    const { ended, heardAt } = await hearing;
    if (ended.phase !== 'live') throw new Error(`${appId} ended as ${ended.phase}: ${ended.message}`);
    return { ms: heardAt - startedAt, isWarm: ended.stages.every(({ note }) => note === undefined), firstCallMs: firstCallAt - startedAt };
  };
  const poolIsWhole = (): Promise<unknown> => until(async () => {
    const { items: [set] } = await house.cluster.list<V1ReplicaSet>('ReplicaSet', { 'fapi.dev/role': 'pool' });
    return { wanted: set?.spec?.replicas ?? 2, pods: await house.podsOf({ 'fapi.dev/role': 'pool' }) };
  }, ({ wanted, pods }) => pods.length >= wanted && pods.every((pod) => pod.status?.containerStatuses?.[0]?.started), 60_000);
  try {
    await rollout.deploy('first');
    for (let round = 0; figures.claim.ours.length < rounds; round++) {
      if (round > 3 * rounds) throw new Error('the pool had no free pod in two of three rounds');
      const appId = `bench-${round}`;
      const peer = await rollout.deploy(`round ${round}`);
      await poolIsWhole();
      const claimed = await settle(appId, 1);
      // A pod that has started a moment ago may not be known as free yet: that is the cold path, and another figure.
      if (!claimed.isWarm) continue;
      // Here the pod that takes the place of the claimed one starts on the same cores.
      await poolIsWhole();
      const swapped = await settle(appId, 2);
      const since = wishes.heard(appId).length;
      const [pod] = await house.podsOf(selectApp(appId));
      const seen = watchEnd(pod!, house.podsOf);
      const endedAt = performance.now();
      await house.cluster.remove('Pod', pod!.metadata!.name!);
      await wishes.until(appId, ({ health }) => health === 'crashed', since);
      figures.watch_to_status.ours.push(performance.now() - endedAt);
      figures.watch_to_status.peers.push((await seen) - endedAt);
      figures.spec_to_action.ours.push(claimed.firstCallMs);
      figures.spec_to_action.peers.push(peer.toPodMs);
      figures.claim.ours.push(claimed.ms);
      figures.claim.peers.push(peer.toAnswerMs);
      figures.hot_swap.ours.push(swapped.ms);
      figures.hot_swap.peers.push(peer.toAnswerMs);
      await wishes.remove(appId, 3);
      await wishes.until(appId, ({ phase }) => phase === 'removed');
    }
    return figures;
  } finally {
    await controller.close();
    await wishes.stop();
    await house.close();
  }
}

async function hearEnd(bus: WorkBus, appId: string, generation: number): Promise<{ ended: RunnerStatus; heardAt: number }> {
  const stop = new AbortController();
  try {
    for await (const word of bus.statuses.watch(AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]))) {
      if (word.kind === 'message' && word.value.appId === appId && word.value.generation === generation && word.value.phase !== 'working') return { ended: word.value, heardAt: performance.now() };
    }
  } finally {
    stop.abort();
  }
  throw new Error(`nothing was said of generation ${generation} of ${appId}`);
}

/** When a client that asks again and again sees that a pod is on its way out. */
async function watchEnd(pod: V1Pod, listPods: (labels: Record<string, string>) => Promise<V1Pod[]>): Promise<number> {
  await until(() => listPods(pod.metadata!.labels!), (pods) => !pods.some(({ metadata }) => metadata?.uid === pod.metadata?.uid), 30_000);
  return performance.now();
}
