import type { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCluster, loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { raiseEpoch } from '../src/runtime/kubernetes/cluster/epoch.ts';
import { rules } from '../src/runtime/kubernetes/objects/role.ts';
import type { Wanted } from '../src/runtime/runtime.ts';
import { makeApp } from '../src/test-parts/bundles.ts';
import { until } from '../src/test-parts/until.ts';
import { offerWanted } from '../src/test-parts/wanted.ts';
import { makeAccount } from './account.ts';
import { type KubernetesHouse, openKubernetesHouse } from './house.ts';

const never = new AbortController().signal;
const allowed = rules.flatMap(({ resources, verbs }) => verbs.flatMap((verb) => resources!.map((resource) => `${verb} ${resource}`)));

// The token of another user can be had from a cluster of our own only.
describe.skipIf(process.env['FAPI_TEST_KUBECONFIG'])('a controller with the rights of its Role alone', () => {
  let house: KubernetesHouse;
  beforeAll(async () => {
    house = await openKubernetesHouse();
  });
  afterAll(() => house?.close());

  const becomeController = async (): Promise<KubeConfig> => {
    return loadKubeConfig(await makeAccount(house, 'fapi-controller', rules));
  };

  it('does all that it does, and needs every one of them', async () => {
    // One that goes on would make the lease again.
    await house.runtime.close();
    for (const name of ['fapi-ca', 'fapi-agent-tls']) await house.cluster.remove('Secret', name);
    await house.cluster.remove('Lease', 'fapi-controller');
    const calls = new Set<string>();
    const onCall = (verb: string, resource: string): void => void calls.add(`${verb} ${resource}`);
    const config = await becomeController();
    const runtime = await house.openRuntime({ config, replicas: 2, image: 'fapi-runner:next', workbenchIdleMs: 1_000, tickMs: 200, onCall });
    const want = (generation: number, word: string, more: Partial<Wanted> = {}): Wanted => offerWanted(house, 'app', generation, makeApp(word), more);
    const serve = async (wanted: Wanted): Promise<void> => {
      await runtime.prepare(wanted, never);
      await runtime.activate(wanted, never);
    };
    // Whether a machine can give grants or not: the policy is there.
    await serve(want(1, 'one', { egress: [{ host: '10.9.8.7', port: 5432 }] })).catch(() => undefined);
    await serve(want(2, 'two', { limits: { memoryMiB: 2_048, folderMiB: null } }));
    expect((await until(() => house.visit('app'), (answer) => answer.status === 200, 30_000)).body.word).toBe('two');
    await until(() => runtime.dryImport(want(3, 'three'), { session: 's', sequence: 1, values: 'draft' }, never).catch(() => undefined), Boolean, 40_000);
    await until(() => calls.has('delete pods') && calls.has('delete replicasets'), Boolean, 40_000);
    await runtime.stop('app', 4, { isHidden: false });
    await runtime.remove('app', 5);
    // The first controller of a namespace makes the lease, the next ones raise it.
    await raiseEpoch(createCluster({ config, namespace: house.namespace, onCall }), 'the next one');
    expect([...calls].filter((call) => !allowed.includes(call))).toEqual([]);
    // Asked only when two have written at once.
    expect(allowed.filter((call) => !calls.has(call) && call !== 'get replicasets')).toEqual([]);
  });
});
