import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CoreV1Api, type KubernetesObject, KubernetesObjectApi, loadAllYaml, PatchStrategy, type V1ConfigMap, type V1Deployment, type V1Ingress, type V1LabelSelector, type V1Namespace, type V1NetworkPolicy, type V1PodDisruptionBudget, type V1ResourceQuota, type V1Role, type V1Service, type V1StatefulSet } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../../tools/parts/cluster.ts';
import { root } from '../../../tools/parts/paths.ts';
import { ensureKustomize } from '../../../tools/setup/kustomize.ts';
import { lastWords, run } from '../../../tools/setup/step.ts';
import { readConfig } from '../src/config.ts';
import { loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { readConfig as readEgressConfig } from '../src/egress/config.ts';
import { rules as egressRules } from '../src/runtime/kubernetes/egress/egress-role.ts';
import { makeWayOut } from '../src/runtime/kubernetes/objects/network.ts';
import { defaultResources } from '../src/runtime/kubernetes/objects/pod.ts';
import { rules } from '../src/runtime/kubernetes/objects/role.ts';
import { until } from '../src/test-parts/until.ts';

const overlays = ['local', 'production'] as const;

async function buildOverlay(name: string): Promise<KubernetesObject[]> {
  const outcome = await run(await ensureKustomize(), ['build', join(root, 'deploy/overlays', name)]);
  if (outcome.code !== 0) throw new Error(`deploy/overlays/${name} cannot be built:\n${lastWords(outcome)}`);
  return loadAllYaml(outcome.stdout) as KubernetesObject[];
}
/** What an operator puts in the place of each SET-ME. */
const filled = { local: {}, production: { FAPI_EGRESS_CLUSTER: '10.244.0.0/16,10.96.0.0/16', FAPI_EGRESS_NATS_URL: 'nats://nats:4222', FAPI_TRUSTED_PROXIES: '10.244.7.0/24' } };
const sources = { server: 'packages/server/src/main.ts', gateway: 'packages/runner-controller/src/gateway/main.ts', egress: 'packages/runner-controller/src/egress/main.ts' } as const;
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
    expect(roleOf(objects, 'fapi-egress')).toMatchObject({ metadata: { namespace: 'fapi-runners' } });
    expect(roleOf(objects, 'fapi-egress').rules).toEqual(egressRules);
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

  it('configure an egress gateway that would start, where the controller and the apps look for it', () => {
    const [config] = ofKind<V1ConfigMap>(objects, 'ConfigMap').filter(({ metadata }) => metadata!.name!.startsWith('fapi-config'));
    const { metadata, spec } = ofKind<V1Deployment>(objects, 'Deployment').find((one) => one.metadata!.name === 'fapi-egress')!;
    const [container] = spec!.template.spec!.containers;
    const own = Object.fromEntries(container!.env!.map(({ name, value }) => [name, value ?? 'a secret of enough letters']));
    const egress = readEgressConfig({ ...config!.data, ...filled[overlay], ...own, KUBERNETES_SERVICE_HOST: '10.96.0.1' }, ['10.244.0.9']);
    expect(egress).toMatchObject({ port: 8_443, namespace: 'fapi-runners', never: ['10.96.0.1'], ownUrls: ['http://fapi-server:8787', 'http://fapi-gateway:8788', 'nats://nats:4222'] });
    expect(egress.cluster.length).toBeGreaterThan(0);
    expect(spec!.template.spec!.terminationGracePeriodSeconds! * 1_000).toBeGreaterThan(egress.leaveMs + egress.drainMs);
    const service = ofKind<V1Service>(objects, 'Service').find((one) => one.metadata!.name === 'fapi-egress')!;
    expect(config!.data!['FAPI_EGRESS_ADDRESS']).toBe(`${service.metadata!.name}:${service.spec!.ports![0]!.port}`);
    expect(container!.ports!.find(({ name }) => name === service.spec!.ports![0]!.targetPort)!.containerPort).toBe(egress.port);
    expect(spec!.template.metadata!.labels).toMatchObject(service.spec!.selector!);
    const budget = ofKind<V1PodDisruptionBudget>(objects, 'PodDisruptionBudget').find((one) => one.metadata!.name === 'fapi-egress')!;
    expect([spec!.replicas, budget.spec!.maxUnavailable, metadata!.namespace]).toEqual([2, 1, 'fapi']);
    expect(spec!.template.metadata!.labels).toMatchObject(budget.spec!.selector!.matchLabels!);
  });

  it('let server and controller alone come to the bus, and nobody else know how', () => {
    const knowing = ofKind<V1Deployment>(objects, 'Deployment').filter(({ spec }) => JSON.stringify(spec!.template.spec!.containers).includes('nats-url')).map(({ metadata }) => metadata!.name);
    expect(knowing).toEqual(['fapi-controller', 'fapi-server']);
    const policies = ofKind<V1NetworkPolicy>(objects, 'NetworkPolicy').map(({ metadata, spec }) => ({ name: metadata!.name, ports: (spec!.egress ?? []).flatMap(({ ports }) => ports ?? []), from: (spec!.ingress ?? []).filter(({ ports }) => ports?.some(({ port }) => port === 4_222)).flatMap(({ _from }) => _from ?? []) }));
    expect(policies.filter(({ ports }) => ports.some(({ port }) => port === 4_222)).map(({ name }) => name)).toEqual(['fapi-controller', 'fapi-server']);
    expect(policies.flatMap(({ from }) => from.flatMap(({ podSelector }) => podSelector!.matchExpressions!.flatMap(({ values }) => values)))).toEqual(overlay === 'local' ? ['server', 'controller'] : []);
  });

  it('let apps come to the egress gateway and nobody else, and let it come to nothing of ours and to no metadata', () => {
    const policies = ofKind<V1NetworkPolicy>(objects, 'NetworkPolicy');
    const { ingress, egress, policyTypes } = policies.find(({ metadata }) => metadata!.name === 'fapi-egress')!.spec!;
    const wayOut = makeWayOut('shop').spec.egress![0]!;
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(ingress).toMatchObject([{ _from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'fapi-runners' } }, podSelector: { matchLabels: { 'fapi.dev/role': 'app' } } }], ports: wayOut.ports!.map(({ port }) => ({ port })) }]);
    expect(egress!.flatMap(({ to }) => to!.map(({ ipBlock }) => ipBlock!.cidr))).toEqual(['0.0.0.0/0', '::/0']);
    expect(egress![0]!.to![0]!.ipBlock!.except).toContain('169.254.0.0/16');
    const [{ namespaceSelector, podSelector }] = wayOut.to as [{ namespaceSelector: { matchLabels: object }; podSelector: { matchLabels: object } }];
    expect(ofKind<V1Namespace>(objects, 'Namespace').find(({ metadata }) => metadata!.name === 'fapi')!.metadata!.labels).toMatchObject(namespaceSelector.matchLabels);
    const pod = ofKind<V1Deployment>(objects, 'Deployment').find(({ metadata }) => metadata!.name === 'fapi-egress')!.spec!.template.metadata!.labels!;
    expect(pod).toMatchObject(podSelector.matchLabels);
    // Every other pod of ours takes packets of those only that its policy names: never of the egress gateway.
    const admits = ({ matchLabels = {}, matchExpressions = [] }: V1LabelSelector): boolean => Object.entries(matchLabels).every(([key, value]) => pod[key] === value) && matchExpressions.every(({ key, values }) => values!.includes(pod[key]!));
    const open = policies.filter(({ metadata, spec }) => metadata!.namespace === 'fapi' && (spec!.ingress ?? []).some(({ _from }) => !_from || _from.some(({ podSelector, namespaceSelector, ipBlock }) => ipBlock || (podSelector && !namespaceSelector && admits(podSelector)))));
    expect(open.map(({ metadata }) => metadata!.name)).toEqual([]);
  });

  it('run each program of ours twice, on two nodes where there are two, one pod less at a time, asked whether it is able and alive', () => {
    const budgets = ofKind<V1PodDisruptionBudget>(objects, 'PodDisruptionBudget');
    for (const { metadata, spec } of ofKind<V1Deployment>(objects, 'Deployment')) {
      const { labels } = spec!.template.metadata!;
      const [spread] = spec!.template.spec!.topologySpreadConstraints!;
      expect(spread, metadata!.name).toEqual({ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', matchLabelKeys: ['pod-template-hash'], labelSelector: { matchLabels: labels } });
      expect([spec!.replicas, spec!.strategy], metadata!.name).toEqual([2, { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }]);
      expect(budgets.filter(({ spec: budget }) => Object.entries(budget!.selector!.matchLabels!).every(([key, value]) => labels![key] === value)).map(({ spec: budget }) => [budget!.maxUnavailable, budget!.unhealthyPodEvictionPolicy]), metadata!.name).toEqual([[1, 'AlwaysAllow']]);
      for (const { startupProbe, livenessProbe, readinessProbe, resources } of spec!.template.spec!.containers) {
        expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet !== undefined), metadata!.name).toEqual([true, true, true]);
        expect(Object.keys(resources!.requests!).toSorted(), metadata!.name).toEqual(['cpu', 'ephemeral-storage', 'memory']);
      }
    }
    for (const { metadata } of ofKind<V1Namespace>(objects, 'Namespace')) expect(metadata!.labels, metadata!.name).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  it('have room in the quota for as many runners as they allow pods, by what each asks for and may take', () => {
    const { hard } = ofKind<V1ResourceQuota>(objects, 'ResourceQuota')[0]!.spec!;
    const pods = Number(hard!['pods']);
    const units: Record<string, number> = { m: 1e-3, '': 1, Mi: 1 << 20, Gi: 2 ** 30 };
    const read = (quantity: string): number => Number.parseFloat(quantity) * units[quantity.replace(/[\d.]+/, '')]!;
    const { requests, limits } = defaultResources;
    for (const [name, each] of [['requests.cpu', requests!['cpu']!], ['requests.memory', requests!['memory']!], ['requests.ephemeral-storage', requests!['ephemeral-storage']!], ['limits.memory', limits!['memory']!]] as const) expect(read(hard![name]!), name).toBeGreaterThanOrEqual(pods * read(each));
    const guide = readFileSync(join(root, 'deploy/README.md'), 'utf8');
    expect(guide).toContain(`A runner pod asks for ${requests!['cpu']} CPU and ${requests!['memory']} and may take ${limits!['cpu']} CPU and ${limits!['memory']},`);
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
      expect(automountServiceAccountToken, metadata!.name).toBe(['fapi-controller', 'fapi-gateway', 'fapi-egress'].includes(metadata!.name!));
    }
  });
});

describe('the overlay production as it is', () => {
  it('lets streams and bodies of apps through its ingress as they are', async () => {
    const ingresses = ofKind<V1Ingress>(await buildOverlay('production'), 'Ingress');
    const ofNginx = (name: string) => Object.fromEntries(Object.entries(ingresses.find(({ metadata }) => metadata!.name === name)!.metadata!.annotations!).map(([key, value]) => [key.replace('nginx.ingress.kubernetes.io/', ''), value]));
    expect(ofNginx('fapi-apps')).toEqual({ 'proxy-buffering': 'off', 'proxy-request-buffering': 'off', 'proxy-read-timeout': '3600', 'proxy-send-timeout': '3600', 'proxy-body-size': '0' });
    expect(ofNginx('fapi-server')).toEqual({ 'proxy-buffering': 'off', 'proxy-read-timeout': '3600', 'proxy-body-size': '16m' });
  });

  it('is started by no program that needs what its operator has not set: it ends with the name and the fix', async () => {
    const objects = await buildOverlay('production');
    const [config] = ofKind<V1ConfigMap>(objects, 'ConfigMap').filter(({ metadata }) => metadata!.name!.startsWith('fapi-config'));
    const unset = Object.entries(config!.data!).filter(([, value]) => value === 'SET-ME').map(([name]) => name);
    expect(unset.toSorted()).toEqual(Object.keys(filled.production).toSorted());
    for (const [component, wrong] of [['server', 'FAPI_TRUSTED_PROXIES'], ['gateway', 'FAPI_TRUSTED_PROXIES'], ['egress', 'FAPI_EGRESS_CLUSTER']] as const) {
      const [container] = ofKind<V1Deployment>(objects, 'Deployment').find(({ metadata }) => metadata!.name === `fapi-${component}`)!.spec!.template.spec!.containers;
      const own = Object.fromEntries(container!.env!.map(({ name, value }) => [name, value ?? (name === 'FAPI_NATS_URL' ? 'nats://nats:4222' : name === 'FAPI_DATABASE_URL' ? 'postgres://db/fapi' : name === 'FAPI_ENVIRONMENT_KEY' ? Buffer.alloc(32, 7).toString('base64') : 'a secret of enough letters')]));
      const { code, stderr } = await run(process.execPath, ['--conditions=fapi-source', join(root, sources[component])], { env: { ...config!.data, ...own, KUBERNETES_SERVICE_HOST: '10.96.0.1' } });
      expect([code, stderr], component).toEqual([2, expect.stringMatching(new RegExp(`^[^\n]*${wrong} [^\n]*"SET-ME"[^\n]* such as 10\\.[^\n]*\n$`, 'i'))]);
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
