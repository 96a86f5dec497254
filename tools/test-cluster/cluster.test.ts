import { readFileSync } from 'node:fs';
import { AppsV1Api, CoreV1Api, DiscoveryV1Api, KubeConfig, RbacAuthorizationV1Api, type V1Pod, VersionApi } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../packages/runner-controller/src/test-parts/until.ts';
import { type OwnCluster, startTestCluster, type TestCluster } from '../parts/cluster.ts';
import { ask, makeReplicaSet, makeService, makeTemplate } from './test-parts/pods.ts';
import { descendantsOf, isAlive } from './test-parts/processes.ts';

const patienceMs = 30_000;
const isReady = (pod: V1Pod): boolean => pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

// What breaks a cluster is tried on one of our own only.
describe.skipIf(process.env['FAPI_TEST_KUBECONFIG'])('the test cluster', () => {
  let cluster: TestCluster;
  let own: OwnCluster;
  let config: KubeConfig;
  let core: CoreV1Api;
  let apps: AppsV1Api;
  let namespace: string;
  let namespaces = 0;

  beforeAll(async () => {
    cluster = await startTestCluster({ nodes: 2 });
    own = cluster.own!;
    config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfigPath);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
  });
  afterAll(async () => cluster?.stop());
  beforeEach(async () => {
    namespace = `test-${++namespaces}`;
    await core.createNamespace({ body: { metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } } });
  });

  const pods = async (): Promise<V1Pod[]> => (await core.listNamespacedPod({ namespace })).items;
  const readyPods = (count: number): Promise<V1Pod[]> => until(pods, (all) => all.length === count && all.every(isReady), patienceMs);
  const run = async (name: string, replicas: number, template = makeTemplate(name)): Promise<V1Pod[]> => {
    await apps.createNamespacedReplicaSet({ namespace, body: makeReplicaSet(name, replicas, template) });
    return readyPods(replicas);
  };
  const endpoints = async (service: string): Promise<string[]> => {
    const slices = await config.makeApiClient(DiscoveryV1Api).listNamespacedEndpointSlice({ namespace, labelSelector: `kubernetes.io/service-name=${service}` });
    return slices.items.flatMap((slice) => (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready).flatMap(({ addresses }) => addresses.map((address) => `${address}:${slice.ports?.[0]?.port}`))).toSorted();
  };

  it('runs the pods of a ReplicaSet as processes that answer at the addresses of their Service', async () => {
    await core.createNamespacedSecret({ namespace, body: { metadata: { name: 'tls' }, stringData: { 'ca.crt': 'ca', 'tls.crt': 'certificate', 'tls.key': 'key' } } });
    await core.createNamespacedService({ namespace, body: makeService('web') });
    const started = await run('web', 3);
    const addresses = started.map((pod) => `${pod.status!.podIP}:8080`).toSorted();
    expect(new Set(addresses).size).toBe(3);
    await until(() => endpoints('web'), (found) => JSON.stringify(found) === JSON.stringify(addresses), patienceMs);
    for (const pod of started) {
      expect(await ask(pod.status!.podIP!, 8080)).toMatchObject({ pod: pod.metadata!.name, lives: 1, tls: ['ca.crt', 'tls.crt', 'tls.key'] });
      expect(pod.status).toMatchObject({ phase: 'Running', containerStatuses: [{ ready: true, restartCount: 0, state: { running: {} } }] });
    }
  });

  it('starts a killed process again in its pod, with its folder and without what it left behind', async () => {
    const [pod] = await run('web', 1, makeTemplate('web', { LEAVE_BEHIND: '1' }));
    const name = pod!.metadata!.name!;
    const log = await until(() => own.node.podLog(namespace, name), (text) => text.includes('left behind'));
    const orphans = /left behind: (\d+) (\d+)/.exec(log)!.slice(1).map(Number);
    const [pid] = await own.node.killPod(namespace, name);
    const [again] = await until(pods, ([now]) => now !== undefined && isReady(now) && now.status?.containerStatuses?.[0]?.restartCount === 1, patienceMs);
    expect(again).toMatchObject({ metadata: { uid: pod!.metadata!.uid }, status: { podIP: pod!.status!.podIP, containerStatuses: [{ lastState: { terminated: { exitCode: 137, reason: 'Error' } } }] } });
    expect(await ask(again!.status!.podIP!, 8080)).toMatchObject({ lives: 2 });
    expect([pid!, ...orphans].filter(isAlive)).toEqual([]);
  });

  it('ends a deleted pod with SIGTERM, and its object after its process', async () => {
    const [pod] = await run('web', 1);
    const name = pod!.metadata!.name!;
    const { pid } = await ask(pod!.status!.podIP!, 8080);
    await apps.deleteNamespacedReplicaSet({ namespace, name: 'web' });
    await until(pods, (all) => all.length === 0, patienceMs);
    expect(isAlive(pid)).toBe(false);
    expect(await own.node.podLog(namespace, name)).toContain('SIGTERM, and a good end');
  });

  it('takes a pod from its Service while it says that it is not ready, and waits for readiness gates', async () => {
    await core.createNamespacedService({ namespace, body: makeService('web') });
    await apps.createNamespacedReplicaSet({ namespace, body: makeReplicaSet('web', 1, makeTemplate('web', {}, ['fapi.dev/app-loaded'])) });
    const [gated] = await until(pods, ([pod]) => pod?.status?.containerStatuses?.[0]?.ready === true, patienceMs);
    expect(gated!.status!.conditions!.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False', reason: 'ReadinessGatesNotReady' });
    const name = gated!.metadata!.name!;
    const conditions = [...gated!.status!.conditions!, { type: 'fapi.dev/app-loaded', status: 'True' }];
    await core.patchNamespacedPodStatus({ namespace, name, body: [{ op: 'add', path: '/status/conditions', value: conditions }] });
    const address = `${gated!.status!.podIP}:8080`;
    await until(() => endpoints('web'), ([only]) => only === address, patienceMs);
    await ask(gated!.status!.podIP!, 8080, '/not-ready');
    await until(() => endpoints('web'), (found) => found.length === 0, patienceMs);
  });

  it('says why a pod does not run', async () => {
    const template = makeTemplate('bad');
    template.spec!.containers[0]!.image = 'registry.invalid/runner:1';
    await apps.createNamespacedReplicaSet({ namespace, body: makeReplicaSet('bad', 1, template) });
    await until(pods, ([pod]) => pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'ImagePullBackOff', patienceMs);
    const privileged = makeTemplate('privileged');
    privileged.spec!.containers[0]!.securityContext = {};
    await expect(core.createNamespacedPod({ namespace, body: { metadata: { name: 'privileged' }, spec: privileged.spec! } })).rejects.toMatchObject({ code: 403 });
  });

  it('logs which calls an account made before it has its answer, and refuses what its Role does not list', async () => {
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'controller' } } });
    const rbac = config.makeApiClient(RbacAuthorizationV1Api);
    await rbac.createNamespacedRole({ namespace, body: { metadata: { name: 'controller' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] } });
    await rbac.createNamespacedRoleBinding({ namespace, body: { metadata: { name: 'controller' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'controller' }, subjects: [{ kind: 'ServiceAccount', name: 'controller', namespace }] } });
    const { status } = await core.createNamespacedServiceAccountToken({ namespace, name: 'controller', body: { spec: { audiences: [], expirationSeconds: 3_600 } } });
    const account = new KubeConfig();
    account.loadFromFile(await own.kubeconfigOf(status!.token!));
    const limited = account.makeApiClient(CoreV1Api);
    await until(() => limited.listNamespacedPod({ namespace }).then(() => true, () => false), Boolean, patienceMs);
    await expect(limited.listNamespacedSecret({ namespace })).rejects.toMatchObject({ code: 403 });
    const events = readFileSync(own.auditLogPath, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { user: { username: string }; verb: string; objectRef: { resource: string }; responseStatus: { code: number } });
    const made = events.filter(({ user }) => user.username === `system:serviceaccount:${namespace}:controller`).map(({ verb, objectRef, responseStatus }) => `${verb} ${objectRef.resource} ${responseStatus.code}`);
    expect(new Set(made)).toContain('list pods 200');
    expect(made.at(-1)).toBe('list secrets 403');
  });

  it('serves its clients again after a restart of the API server, and its pods have not noticed', async () => {
    const [pod] = await run('web', 1);
    const { pid } = await ask(pod!.status!.podIP!, 8080);
    await own.restartApiServer();
    expect((await pods())[0]!.metadata!.uid).toBe(pod!.metadata!.uid);
    await apps.patchNamespacedReplicaSetScale({ namespace, name: 'web', body: [{ op: 'replace', path: '/spec/replicas', value: 2 }] });
    const both = await readyPods(2);
    expect(await ask(both.find(({ metadata }) => metadata!.uid === pod!.metadata!.uid)!.status!.podIP!, 8080)).toMatchObject({ pid, lives: 1 });
  });

  it('answers a write only after a paused etcd goes on', async () => {
    await own.component('etcd').pause();
    let isWritten = false;
    const write = core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'late' } } }).then(() => void (isWritten = true));
    // Answered without etcd, after the write was on its way.
    await config.makeApiClient(VersionApi).getCode();
    expect(isWritten).toBe(false);
    await own.component('etcd').resume();
    await write;
  });

  it('gives a client a line that can be cut', async () => {
    const { kubeconfigPath, line } = await own.openLine();
    const far = new KubeConfig();
    far.loadFromFile(kubeconfigPath);
    const client = far.makeApiClient(CoreV1Api);
    await client.listNamespacedPod({ namespace });
    line.cut();
    await expect(client.listNamespacedPod({ namespace })).rejects.toThrow();
    line.mend();
    await client.listNamespacedPod({ namespace });
  });

  it('moves the pods of a lost node to another one', async () => {
    const [pod] = await run('web', 1);
    const lost = pod!.spec!.nodeName!;
    const { pid } = await ask(pod!.status!.podIP!, 8080);
    await own.node.stop(lost);
    expect(isAlive(pid)).toBe(false);
    const moved = await until(pods, (all) => all.some((other) => isReady(other) && other.spec!.nodeName !== lost), 60_000);
    expect(moved.find(({ metadata }) => metadata!.uid === pod!.metadata!.uid)!.metadata!.deletionTimestamp).toBeDefined();
    await own.node.start(lost);
    await readyPods(1);
  });

  it('leaves no process when its launcher is killed', async () => {
    const other = await startTestCluster();
    const client = new KubeConfig();
    client.loadFromFile(other.kubeconfigPath);
    await client.makeApiClient(AppsV1Api).createNamespacedReplicaSet({ namespace: 'default', body: makeReplicaSet('web', 1) });
    const otherCore = client.makeApiClient(CoreV1Api);
    await until(() => otherCore.listNamespacedPod({ namespace: 'default' }), ({ items }) => items.length === 1 && isReady(items[0]!), patienceMs);
    const all = descendantsOf(other.own!.pid);
    // Four components and a pod.
    expect(all.length).toBeGreaterThanOrEqual(5);
    process.kill(other.own!.pid, 'SIGKILL');
    await until(() => all.filter(isAlive), (left) => left.length === 0);
    await other.stop();
  });
});
