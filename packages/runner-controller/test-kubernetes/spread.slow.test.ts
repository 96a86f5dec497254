import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApp } from '../src/test-parts/bundles.ts';
import { until } from '../src/test-parts/until.ts';
import { offerWanted } from '../src/test-parts/wanted.ts';
import { type KubernetesHouse, openKubernetesHouse } from './house.ts';

const never = new AbortController().signal;
const patienceMs = 60_000;
const size = 6;

// Nodes can be added to a cluster of our own only.
describe.skipIf(process.env['FAPI_TEST_KUBECONFIG'])('two pods of each app where there are two nodes', () => {
  let house: KubernetesHouse;
  beforeAll(async () => {
    house = await openKubernetesHouse({ nodes: 2, replicas: 2, workbenches: 1, pool: { min: size, max: size } });
  });
  afterAll(() => house?.close());

  const nodesOf = (pods: readonly V1Pod[]): string[] => pods.map(({ spec }) => spec!.nodeName!).toSorted();
  const free = () => until(() => house.podsOf({ 'fapi.dev/role': 'pool' }), (pods) => pods.length >= size && pods.every((pod) => pod.status?.containerStatuses?.[0]?.started), patienceMs);
  const serve = async (appId: string): Promise<V1Pod[]> => {
    const wanted = offerWanted(house, appId, 1, makeApp(appId));
    await house.runtime.prepare(wanted, never);
    await house.runtime.activate(wanted, never);
    return until(() => house.podsOfApp(appId), (pods) => pods.length === 2 && pods.every(({ spec }) => spec?.nodeName), patienceMs);
  };

  it('are one on each, warm ones as well as those that the cluster makes, so that a node may go', async () => {
    const found = nodesOf(await free());
    expect(found.filter((node) => node === found[0])).toHaveLength(size / 2);
    for (const appId of ['a', 'b', 'c']) {
      expect(nodesOf(await serve(appId))).toEqual(['fake-1', 'fake-2']);
      await free();
    }
    const [first] = await house.podsOfApp('a');
    await house.cluster.remove('Pod', first!.metadata!.name!);
    const next = await until(() => house.podsOfApp('a'), (pods) => pods.length === 2 && pods.every(({ spec, metadata }) => spec?.nodeName && metadata!.uid !== first!.metadata!.uid), patienceMs);
    expect(nodesOf(next)).toEqual(['fake-1', 'fake-2']);
  });
});
