import { CoreV1Api, type V1Pod, type V1ReplicaSet } from '@kubernetes/client-node';
import { pino } from 'pino';
import { startTestCluster, type TestCluster } from '../../../tools/parts/cluster.ts';
import { freePort } from '../../../tools/parts/port.ts';
import { type AgentClient, connectAgent } from '../src/agent/client.ts';
import { createCluster, type Cluster, loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { readEpoch } from '../src/runtime/kubernetes/cluster/epoch.ts';
import { openCredentials } from '../src/runtime/kubernetes/agents/credentials.ts';
import { isGateOpen } from '../src/runtime/kubernetes/deploying/gate.ts';
import { ours, ports } from '../src/runtime/kubernetes/objects/labels.ts';
import { toAppName, toLabel } from '../src/runtime/kubernetes/objects/names.ts';
import { type AppRecord, readRecord } from '../src/runtime/kubernetes/objects/record.ts';
import { selectApp } from '../src/runtime/kubernetes/objects/resources.ts';
import { createKubernetesRuntime, type KubernetesRuntimeOptions } from '../src/runtime/kubernetes/runtime.ts';
import type { RuntimeUnderTest } from '../src/runtime/runtime.suite.ts';
import type { Runtime } from '../src/runtime/runtime.ts';
import { createOffers } from '../src/test-parts/offers.ts';
import { until } from '../src/test-parts/until.ts';
import { type EgressProgram, startEgress } from './egress-program.ts';
import { visitAt } from '../src/test-parts/visit.ts';

/** A namespace of its own on a real control plane, with a real agent in each pod, for one controller after the other. */
export interface KubernetesHouse extends RuntimeUnderTest {
  /** The runtime of the newest controller. */
  readonly runtime: Runtime;
  readonly testCluster: TestCluster;
  /** The API as an administrator sees it. */
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly logs: Record<string, unknown>[];
  /** A further controller's runtime in the same namespace; the former one is left as it is. */
  openRuntime(options?: Partial<KubernetesRuntimeOptions>): Promise<Runtime>;
  podsOf(labels: Record<string, string>): Promise<V1Pod[]>;
  podsOfApp(appId: string): Promise<V1Pod[]>;
  /** What the cluster keeps of an app. */
  recordOf(appId: string): Promise<AppRecord | undefined>;
  /** Starts the egress gateway that pods know of, or the next one at its place. */
  startEgress(environment?: Record<string, string>): Promise<EgressProgram>;
  /** Asks the agent of a pod, as the newest controller unless another epoch is given. */
  withAgent<T>(pod: V1Pod, act: (agent: AgentClient) => Promise<T>, epoch?: number): Promise<T>;
}

let houses = 0;
let clusters = 0;
let running: Promise<TestCluster> | undefined;

/** One control plane for all houses of a file; the last one that closes ends it. It has as many nodes as the first one asks for. */
async function joinCluster(nodes: number): Promise<TestCluster> {
  clusters++;
  running ??= startTestCluster({ nodes });
  return running;
}
async function leaveCluster(): Promise<void> {
  if (--clusters > 0) return;
  const leaving = running;
  running = undefined;
  await (await leaving)?.stop();
}

export async function openKubernetesHouse({ nodes = 1, ...defaults }: Partial<KubernetesRuntimeOptions> & { nodes?: number } = {}): Promise<KubernetesHouse> {
  const testCluster = await joinCluster(nodes);
  const config = loadKubeConfig(testCluster.kubeconfigPath);
  const namespace = `fapi-${process.pid}-${Date.now().toString(36)}-${++houses}`;
  await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } } });
  const cluster = createCluster({ config, namespace });
  const { offer, offerEnvironment, fetchBundle, fetchEnvironment } = createOffers();
  const logs: Record<string, unknown>[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void logs.push(JSON.parse(line) as Record<string, unknown>) });
  const opened: Runtime[] = [];
  const egressPort = await freePort();
  const egresses: EgressProgram[] = [];
  const openRuntime: KubernetesHouse['openRuntime'] = async (options = {}) => {
    const made = await createKubernetesRuntime({
      config, namespace, image: process.env['FAPI_TEST_RUNNER_IMAGE'] ?? 'fapi-runner:test', pool: { min: 2, max: 6 }, workbenches: 2, replicas: 1, egress: `127.0.0.1:${egressPort}`, logger, fetchBundle, fetchEnvironment,
      ...defaults, ...options,
    });
    opened.push(made);
    return made;
  };
  const podsOf = async (labels: Record<string, string>): Promise<V1Pod[]> => (await cluster.list<V1Pod>('Pod', labels)).items.filter((pod) => !pod.metadata?.deletionTimestamp);
  const podsOfApp = (appId: string): Promise<V1Pod[]> => podsOf(selectApp(appId));
  const withAgent: KubernetesHouse['withAgent'] = async (pod, act, epoch) => {
    const credentials = await (await openCredentials(cluster, () => new Date())).show();
    const agent = await connectAgent({ host: pod.status!.podIP!, port: ports.agent, credentials }, { role: 'controller', epoch: epoch ?? (await readEpoch(cluster)) });
    try {
      return await act(agent);
    } finally {
      agent.close();
    }
  };
  const openEgress: KubernetesHouse['startEgress'] = async (environment = {}) => {
    const made = await startEgress({ kubeconfig: testCluster.kubeconfigPath, namespace, port: egressPort }, environment);
    egresses.push(made);
    return made;
  };
  const runtime = await openRuntime();
  // Somebody answers from here on.
  await until(() => runtime.describe().catch(() => undefined), Boolean, 60_000);
  await until(() => podsOf({ 'fapi.dev/role': 'workbench-pool' }), (pods) => pods.length > 0 && pods.every((pod) => pod.status?.containerStatuses?.[0]?.started), 60_000);
  return {
    testCluster, cluster, namespace, logs, openRuntime, podsOf, podsOfApp, withAgent, offer, offerEnvironment, startEgress: openEgress, keepsFolders: false,
    get runtime() {
      return opened.at(-1)!;
    },
    async recordOf(appId) {
      const set = await cluster.find<V1ReplicaSet>('ReplicaSet', toAppName(appId));
      return set && readRecord(set);
    },
    async visit(host, path = '/') {
      const { items } = await cluster.list<V1ReplicaSet>('ReplicaSet', ours);
      const record = items.flatMap((set) => readRecord(set) ?? []).find((one) => one.host === host && one.state !== 'removed' && one.state !== 'hidden');
      if (!record) return { status: 404, body: undefined, revision: undefined };
      const pod = (await podsOfApp(record.appId)).find(isGateOpen);
      if (!pod) return { status: 503, body: undefined, revision: undefined };
      return visitAt(pod.status!.podIP!, ports.app, `${host}.localhost`, path);
    },
    async openWayOut() {
      if (egresses.length === 0) await openEgress();
    },
    async findAgent(appId) {
      const [bench] = await podsOf({ 'fapi.dev/role': 'workbench', 'fapi.dev/app': toLabel(appId) });
      return withAgent(bench!, async ({ hello }) => hello.pid);
    },
    async killRunner(appId) {
      const [pod] = await podsOfApp(appId);
      const { apps } = await withAgent(pod!, (agent) => agent.request('status', { appId }));
      process.kill(apps[0]!.active!.pid, 'SIGKILL');
    },
    async lose(appId) {
      await cluster.remove('ReplicaSet', toAppName(appId));
      for (const pod of await podsOfApp(appId)) await cluster.remove('Pod', pod.metadata!.name!);
    },
    async close() {
      for (const { child } of egresses) child.kill('SIGKILL');
      for (const one of opened) await one.close();
      await config.makeApiClient(CoreV1Api).deleteNamespace({ name: namespace });
      await leaveCluster();
    },
  };
}
