import { join } from 'node:path';
import { CoreV1Api, type KubernetesObject, KubernetesObjectApi, loadAllYaml, PatchStrategy, type V1ConfigMap, type V1Deployment, type V1Role, type V1StatefulSet } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../../tools/parts/cluster.ts';
import { root } from '../../../tools/parts/paths.ts';
import { ensureKustomize } from '../../../tools/setup/kustomize.ts';
import { lastWords, run } from '../../../tools/setup/step.ts';
import { readConfig } from '../src/config.ts';
import { loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { rules } from '../src/runtime/kubernetes/objects/role.ts';
import { until } from '../src/test-parts/until.ts';

const overlays = ['local', 'production'] as const;

async function buildOverlay(name: string): Promise<KubernetesObject[]> {
  const outcome = await run(await ensureKustomize(), ['build', join(root, 'deploy/overlays', name)]);
  if (outcome.code !== 0) throw new Error(`deploy/overlays/${name} cannot be built:\n${lastWords(outcome)}`);
  return loadAllYaml(outcome.stdout) as KubernetesObject[];
}
const ofKind = <T extends KubernetesObject>(objects: readonly KubernetesObject[], kind: string): T[] => objects.filter((one) => one.kind === kind) as T[];
const roleOf = (objects: readonly KubernetesObject[], name: string): V1Role => ofKind<V1Role>(objects, 'Role').find(({ metadata }) => metadata!.name === name)!;

describe.each(overlays)('the manifests of %s, as kustomize builds them', (overlay) => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await buildOverlay(overlay);
  });

  it('give the controller the rights that it uses and no other, the gateway those to look, and nobody any in the whole cluster', () => {
    expect(roleOf(objects, 'fapi-controller')).toMatchObject({ metadata: { namespace: 'fapi-runners' } });
    expect(roleOf(objects, 'fapi-controller').rules).toEqual(rules);
    expect(roleOf(objects, 'fapi-gateway').rules!.map(({ resources, verbs }) => [resources, verbs])).toEqual([[['services'], ['list', 'watch']], [['endpointslices'], ['list', 'watch']]]);
    expect(objects.filter(({ kind }) => kind!.startsWith('ClusterRole'))).toEqual([]);
  });

  it('hold no Secret', () => expect(ofKind(objects, 'Secret')).toEqual([]));

  it('configure a controller that would start', () => {
    const [config] = ofKind<V1ConfigMap>(objects, 'ConfigMap').filter(({ metadata }) => metadata!.name!.startsWith('fapi-config'));
    const controller = ofKind<V1Deployment>(objects, 'Deployment').find(({ metadata }) => metadata!.name === 'fapi-controller')!;
    const [container] = controller.spec!.template.spec!.containers;
    const own = Object.fromEntries(container!.env!.map(({ name, value }) => [name, value ?? (name === 'FAPI_NATS_URL' ? 'nats://nats:4222' : 'a secret of enough letters')]));
    expect(readConfig({ ...config!.data, ...own, KUBERNETES_SERVICE_HOST: '10.0.0.1' }).runtime).toMatchObject({ kind: 'kubernetes', namespace: 'fapi-runners', image: expect.stringContaining('fapi-runner:') });
  });

  it('start everything with a read-only root, no more rights than it has, and a bound', () => {
    for (const { metadata, spec } of [...ofKind<V1Deployment>(objects, 'Deployment'), ...ofKind<V1StatefulSet>(objects, 'StatefulSet')]) {
      const { containers, automountServiceAccountToken } = spec!.template.spec!;
      for (const container of containers) {
        expect(container.securityContext, metadata!.name).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
        expect(container.resources?.limits?.['memory'], metadata!.name).toBeDefined();
        expect(container.readinessProbe, metadata!.name).toBeDefined();
        expect(container.image, metadata!.name).toMatch(/:(?!latest$)[^:]+$/);
      }
      expect(automountServiceAccountToken, metadata!.name).toBe(['fapi-controller', 'fapi-gateway'].includes(metadata!.name!));
    }
  });
});

// In a cluster of somebody's own they would be installed for good.
describe.skipIf(process.env['FAPI_TEST_KUBECONFIG'])('a cluster with restricted admission', () => {
  let testCluster: TestCluster;
  beforeAll(async () => {
    testCluster = await startTestCluster();
  });
  afterAll(() => testCluster?.stop());

  it.each(overlays)('takes every object of %s, and makes every pod', async (overlay) => {
    const config = loadKubeConfig(testCluster.kubeconfigPath);
    const [api, core] = [KubernetesObjectApi.makeApiClient(config), config.makeApiClient(CoreV1Api)];
    const objects = await buildOverlay(overlay);
    // kustomize puts namespaces first.
    for (const one of objects) await api.patch(one, undefined, undefined, 'fapi-test', true, PatchStrategy.ServerSideApply);
    for (const { metadata, spec } of [...ofKind<V1Deployment>(objects, 'Deployment'), ...ofKind<V1StatefulSet>(objects, 'StatefulSet')]) {
      const labelSelector = Object.entries(spec!.selector.matchLabels!).map(([key, value]) => `${key}=${value}`).join(',');
      const images = spec!.template.spec!.containers.map(({ image }) => image);
      // A pod that admission refuses is none: its ReplicaSet says so, and goes on trying.
      const pods = await until(async () => (await core.listNamespacedPod({ namespace: metadata!.namespace!, labelSelector })).items, (items) => items.filter((pod) => pod.spec!.containers.every(({ image }) => images.includes(image))).length > 0, 30_000);
      expect(pods.length, metadata!.name).toBeGreaterThan(0);
    }
  });

  it('refuses a pod that is not restricted, in both namespaces', async () => {
    const core = loadKubeConfig(testCluster.kubeconfigPath).makeApiClient(CoreV1Api);
    for (const namespace of ['fapi', 'fapi-runners']) {
      const made = core.createNamespacedPod({ namespace, body: { metadata: { name: 'root' }, spec: { containers: [{ name: 'root', image: 'root:1', resources: { requests: { cpu: '1m', memory: '1Mi', 'ephemeral-storage': '1Mi' }, limits: { memory: '1Mi' } } }] } } });
      await expect(made).rejects.toThrow(/PodSecurity/);
    }
  });
});
