import { CoreV1Api, type V1ReplicaSet } from '@kubernetes/client-node';
import { pino } from 'pino';
import { createController } from '../../packages/runner-controller/src/controller.ts';
import { createCluster, loadKubeConfig } from '../../packages/runner-controller/src/runtime/kubernetes/cluster/cluster.ts';
import { ours } from '../../packages/runner-controller/src/runtime/kubernetes/objects/labels.ts';
import { defaultResources } from '../../packages/runner-controller/src/runtime/kubernetes/objects/pod.ts';
import { makeApp } from '../../packages/runner-controller/src/runtime/kubernetes/objects/resources.ts';
import { createKubernetesRuntime } from '../../packages/runner-controller/src/runtime/kubernetes/runtime.ts';
import { makeSpec } from '../../packages/runner-controller/src/test-parts/messages.ts';
import { createMemoryBus, type WorkBus } from '../../packages/runner-controller/src/work/index.ts';
import { startTestCluster } from '../../tools/parts/cluster.ts';
import type { Figures } from '../parts/row.ts';

const [apps, atOnce] = [10_000, 50];
const image = 'fapi-runner:test';
const nobody = async (): Promise<never> => {
  throw new Error('nothing is fetched here');
};

/** From the start of a controller beside a cluster with ten thousand apps until it has said how each of them is, beside listing them. Their pods are left out: ten thousand Pythons are another measurement. */
export async function measureKubernetesResync(rounds: number): Promise<Figures> {
  const testCluster = await startTestCluster();
  try {
    const config = loadKubeConfig(testCluster.kubeconfigPath);
    const namespace = `resync-${process.pid}`;
    await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
    const cluster = createCluster({ config, namespace });
    const specs = Array.from({ length: apps }, (_, at) => makeSpec(`app-${at}`, 1, { settled: true }));
    let next = 0;
    await Promise.all(Array.from({ length: atOnce }, async () => {
      for (let spec = specs[next++]; spec; spec = specs[next++]) {
        const { appId, host, generation } = spec;
        const set = makeApp({ appId, host, generation, epoch: 0, state: 'live', release: { generation, revision: 'sha256:1', bundleSha256: '0'.repeat(64), envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [] } }, { image, resources: defaultResources }, 1);
        await cluster.create<V1ReplicaSet>({ ...set, spec: { ...set.spec!, replicas: 0 } });
      }
    }));
    const figures = { ours: [] as number[], peers: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      const bus = createMemoryBus();
      for (const spec of specs) await bus.specs.publish(spec);
      await bus.specs.markComplete();
      const startedAt = performance.now();
      const logger = pino({ level: 'silent' });
      const runtime = await createKubernetesRuntime({ config, namespace, image, pool: { min: 0, max: 0 }, workbenches: 0, replicas: 1, fetchBundle: nobody, fetchEnvironment: nobody, logger });
      const controller = createController({ bus, runtime, logger });
      controller.start();
      await hearAll(bus);
      figures.ours.push(performance.now() - startedAt);
      await controller.close();
      await runtime.close();
      await bus.close();
      const listedAt = performance.now();
      const { items } = await cluster.list('ReplicaSet', ours);
      if (items.length < apps) throw new Error(`${items.length} apps were listed`);
      figures.peers.push(performance.now() - listedAt);
    }
    return figures;
  } finally {
    await testCluster.stop();
  }
}

async function hearAll(bus: WorkBus): Promise<void> {
  const heard = new Set<string>();
  const stop = new AbortController();
  for await (const word of bus.statuses.watch(stop.signal)) {
    if (word.kind === 'message') heard.add(word.value.appId);
    if (heard.size === apps) return stop.abort();
  }
}
