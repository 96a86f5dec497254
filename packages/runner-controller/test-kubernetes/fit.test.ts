import { CoreV1Api, type V1Pod } from '@kubernetes/client-node';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../../tools/parts/cluster.ts';
import { createCluster, loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { createMirror } from '../src/runtime/kubernetes/cluster/mirror.ts';
import { fitPods } from '../src/runtime/kubernetes/deploying/fit.ts';
import { layGround } from '../src/runtime/kubernetes/ground.ts';
import { ours } from '../src/runtime/kubernetes/objects/labels.ts';
import { defaultResources, makePodTemplate, type RunnerShape } from '../src/runtime/kubernetes/objects/pod.ts';
import type { AppRecord, Release } from '../src/runtime/kubernetes/objects/record.ts';

let testCluster: TestCluster;
beforeAll(async () => {
  testCluster = await startTestCluster();
});
afterAll(() => testCluster?.stop());

const shape: RunnerShape = { image: 'fapi-runner:test', resources: defaultResources };
const release = (memoryMiB: number | null, folderMiB: number | null = null): Release => ({ generation: 1, revision: 'sha256:1', bundleSha256: 'f'.repeat(64), envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [], limits: { memoryMiB, folderMiB } });
const record = (more: Partial<AppRecord>): AppRecord => ({ appId: 'app', host: 'app', generation: 1, epoch: 1, state: 'live', ...more });

it('resizes a pod to what its app may have, as long as it may, and asks for nothing that it has already', async () => {
  const config = loadKubeConfig(testCluster.kubeconfigPath);
  const namespace = `fit-${process.pid}`;
  await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
  const calls: string[] = [];
  const cluster = createCluster({ config, namespace, onCall: (verb, resource) => void calls.push(`${verb} ${resource}`) });
  await layGround(cluster);
  const stop = new AbortController();
  const mirror = createMirror<V1Pod>(cluster, { kind: 'Pod', labels: ours, keyOf: () => undefined, onChange: () => undefined, resyncMs: 300_000, logger: pino({ level: 'silent' }), signal: stop.signal });
  await mirror.synced;
  const { metadata, spec } = makePodTemplate('app', shape);
  // On no node: those of the test cluster say that they cannot.
  mirror.note(await cluster.create<V1Pod>({ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'one' }, spec: { ...spec!, nodeSelector: { nowhere: 'true' } } }));
  const fit = async (of: Partial<AppRecord>) => {
    const pod = mirror.get('one')!;
    const unfit = await fitPods(cluster, mirror, [pod], record(of), shape, pino({ level: 'silent' }));
    const now = mirror.get('one')!;
    return [unfit.length, now.metadata!.uid === pod.metadata!.uid, now.spec!.containers[0]!.resources!.limits!['memory']];
  };
  expect(await fit({ release: release(null) })).toEqual([0, true, '2Gi']);
  expect(calls).not.toContain('patch pods/resize');
  // The one that follows may have more; then it is alone.
  expect(await fit({ release: release(null), candidate: release(3_000) })).toEqual([0, true, '3512Mi']);
  expect(await fit({ release: release(3_000), candidate: release(64) })).toEqual([0, true, '3512Mi']);
  expect(await fit({ release: release(64) })).toEqual([0, true, '576Mi']);
  // A volume is as large as it was made: the pod keeps it, and the memory that it has.
  calls.length = 0;
  expect(await fit({ release: release(64, 1_024) })).toEqual([1, true, '576Mi']);
  expect(calls).toEqual([]);
  expect(await fit({ release: release(128, 1_024) })).toEqual([1, true, '640Mi']);
  stop.abort();
  await mirror.ended;
});
