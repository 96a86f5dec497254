import type { V1NetworkPolicy, V1ReplicaSet, V1Service, V1ServiceAccount } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toAppName } from '../src/runtime/kubernetes/objects/names.ts';
import { makeWayOut } from '../src/runtime/kubernetes/objects/network.ts';
import { serviceAccountName } from '../src/runtime/kubernetes/objects/pod.ts';
import { loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { rules } from '../src/runtime/kubernetes/objects/role.ts';
import type { Runtime, Wanted } from '../src/runtime/runtime.ts';
import { makeApp } from '../src/test-parts/bundles.ts';
import { until } from '../src/test-parts/until.ts';
import { offerWanted } from '../src/test-parts/wanted.ts';
import { makeAccount } from './account.ts';
import { type KubernetesHouse, openKubernetesHouse } from './house.ts';

const never = new AbortController().signal;

describe('what stands in the cluster', () => {
  let house: KubernetesHouse;
  beforeAll(async () => {
    house = await openKubernetesHouse({ tickMs: 100 });
  });
  afterAll(() => house?.close());

  const serve = async (runtime: Runtime, wanted: Wanted): Promise<void> => {
    await runtime.prepare(wanted, never);
    await runtime.activate(wanted, never);
  };
  const findSet = (appId: string): Promise<V1ReplicaSet | undefined> => house.cluster.find<V1ReplicaSet>('ReplicaSet', toAppName(appId));
  const findService = (appId: string): Promise<V1Service | undefined> => house.cluster.find<V1Service>('Service', toAppName(appId));

  it('follows an upgrade without a deploy: the next pod of an app is of the new image, the one that serves stays', async () => {
    await serve(house.runtime, offerWanted(house, 'settled', 1, makeApp('one')));
    const [before] = await house.podsOfApp('settled');
    await house.openRuntime({ image: 'fapi-runner:next', replicas: 1 });
    const set = await until(() => findSet('settled'), (found) => found?.spec?.template?.spec?.containers[0]?.image === 'fapi-runner:next', 20_000);
    expect(set!.metadata!.uid).toBe(before!.metadata!.ownerReferences![0]!.uid);
    expect((await house.podsOfApp('settled')).map(({ metadata }) => metadata!.uid)).toEqual([before!.metadata!.uid]);
    await house.openRuntime({ replicas: 2 });
    await until(() => house.podsOfApp('settled'), (pods) => pods.length === 2, 20_000);
  });

  it('comes back when somebody has removed it', async () => {
    const runtime = await house.openRuntime({ resyncMs: 1_000 });
    await serve(runtime, offerWanted(house, 'robbed', 1, makeApp('one')));
    await house.cluster.remove('Service', toAppName('robbed'));
    await house.cluster.remove('ServiceAccount', serviceAccountName);
    await house.cluster.remove('NetworkPolicy', 'fapi-default-deny');
    await until(() => findService('robbed'), Boolean, 20_000);
    await until(() => house.cluster.find<V1NetworkPolicy>('NetworkPolicy', 'fapi-default-deny'), Boolean, 20_000);
    await until(() => house.cluster.find<V1ServiceAccount>('ServiceAccount', serviceAccountName), Boolean, 20_000);
  });

  it('is taken away again where somebody has let an app out that was granted nothing', async () => {
    const runtime = await house.openRuntime({ resyncMs: 1_000 });
    await serve(runtime, offerWanted(house, 'loosened', 1, makeApp('one')));
    await house.cluster.apply(makeWayOut('loosened'));
    await until(() => house.cluster.find<V1NetworkPolicy>('NetworkPolicy', toAppName('loosened')), (found) => found === undefined, 20_000);
  });

  it.skipIf(process.env['FAPI_TEST_KUBECONFIG'])('is all removed with an app, also when the removal was interrupted', async () => {
    const withoutEnd = rules.map((rule) => (rule.resources?.includes('services') ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== 'delete') } : rule));
    const weak = await house.openRuntime({ config: loadKubeConfig(await makeAccount(house, 'weak', withoutEnd)) });
    await serve(weak, offerWanted(house, 'leaving', 1, makeApp('one')));
    await expect(weak.remove('leaving', 2)).rejects.toThrow('refused DELETE');
    expect(await findService('leaving')).toBeDefined();
    // Nobody asks for it again: the next controller finds what is left.
    await house.openRuntime();
    await until(() => findService('leaving'), (service) => service === undefined, 20_000);
  });
});
