import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, type V1Pod } from '@kubernetes/client-node';
import { type Cluster, createCluster, loadKubeConfig } from '../../packages/runner-controller/src/runtime/kubernetes/cluster/cluster.ts';
import { readEpoch } from '../../packages/runner-controller/src/runtime/kubernetes/cluster/epoch.ts';
import { isGateOpen } from '../../packages/runner-controller/src/runtime/kubernetes/deploying/gate.ts';
import { label, ports } from '../../packages/runner-controller/src/runtime/kubernetes/objects/labels.ts';
import { selectApp } from '../../packages/runner-controller/src/runtime/kubernetes/objects/resources.ts';
import { type Visit, visitAt } from '../../packages/runner-controller/src/test-parts/visit.ts';
import { startTestCluster, type TestCluster } from '../../tools/parts/cluster.ts';
import { type NatsServer, startNats } from '../../tools/parts/nats.ts';
import { freePort } from '../../tools/parts/port.ts';
import { startPostgres } from '../../tools/parts/postgres.ts';
import { type Program, startProgram } from '../program.ts';
import { startBalancer } from './balancer.ts';

export interface KubernetesShape {
  /** Of all servers. */
  readonly baseUrl: string;
  readonly operatorKey: string;
  readonly testCluster: TestCluster;
  /** The API as an administrator sees it. */
  readonly cluster: Cluster;
  readonly nats: NatsServer;
  readonly servers: readonly Program[];
  /** All that were ever started. */
  readonly controllers: readonly Program[];
  /** A controller more; resolves once it acts or stands by. */
  startController(): Promise<Program>;
  /** SIGKILL for the controller that acts, or for one that stands by when none does; resolves once there are two again. */
  killActive(): Promise<void>;
  /** What a probe is told by a controller. */
  probe(controller: Program, path: string): Promise<{ status: number; body: unknown }>;
  restartServer(at: number): Promise<void>;
  /** How many controllers have begun to act so far. */
  epoch(): Promise<number>;
  podsOf(appId: string): Promise<V1Pod[]>;
  /** Of all apps. */
  listAppPods(): Promise<V1Pod[]>;
  /** Asks each pod of an app that takes requests: there is no gateway here. */
  visit(app: { id: string; host: string }, path?: string): Promise<Visit[]>;
  stop(): Promise<void>;
}

/** Everything as programs of its own: real NATS, real Postgres, two servers behind one address, controllers on a real control plane with real agents. */
export async function startKubernetes(): Promise<KubernetesShape> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fapi-'));
  const [nats, postgres, testCluster] = await Promise.all([startNats(), startPostgres(), startTestCluster()]);
  const databaseUrl = await postgres.createDatabase();
  const config = loadKubeConfig(testCluster.kubeconfigPath);
  const core = config.makeApiClient(CoreV1Api);
  const namespace = `shape-${process.pid}-${Date.now().toString(36)}`;
  await core.createNamespace({ body: { metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } } });
  const cluster = createCluster({ config, namespace });
  const serverPorts = [await freePort(), await freePort()];
  const balancer = await startBalancer(serverPorts);
  const [operatorKey, controllerKey] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')];
  const shared = { FAPI_NATS_URL: nats.url, FAPI_CONTROLLER_KEY: controllerKey, FAPI_ALLOW_UNSAFE: '1' };
  const startServer = (at: number): Promise<Program> => startProgram('packages/server/src/main.ts', {
    ...shared, FAPI_DATABASE_URL: databaseUrl, FAPI_PORT: String(serverPorts[at]), FAPI_OPERATOR_KEY: operatorKey, FAPI_ENVIRONMENT_KEY: operatorKey, FAPI_DATA_DIR: join(dataDir, String(at)), FAPI_APPS_URL: 'http://{host}.localhost:1/',
  });
  const servers = [await startServer(0), await startServer(1)];
  const controllers: Program[] = [];
  const healthPorts = new Map<Program, number>();
  const listPods = async (labels: Record<string, string>): Promise<V1Pod[]> => (await cluster.list<V1Pod>('Pod', labels)).items.filter((pod) => !pod.metadata?.deletionTimestamp);
  const podsOf = (appId: string): Promise<V1Pod[]> => listPods(selectApp(appId));
  const shape: KubernetesShape = {
    baseUrl: balancer.url, operatorKey, testCluster, cluster, nats, servers, controllers, podsOf,
    listAppPods: () => listPods({ [label.role]: 'app' }),
    async startController() {
      const healthPort = await freePort();
      const started = await startProgram('packages/runner-controller/src/main.ts', {
        ...shared, FAPI_SERVER_URL: balancer.url, FAPI_RUNTIME: 'kubernetes', FAPI_KUBECONFIG: testCluster.kubeconfigPath, FAPI_KUBERNETES_NAMESPACE: namespace, FAPI_RUNNER_IMAGE: process.env['FAPI_TEST_RUNNER_IMAGE'] ?? 'fapi-runner:test', FAPI_KUBERNETES_WORKBENCHES: '2', FAPI_HEALTH_PORT: String(healthPort),
      }, (message) => message['ready'] === true || message['standby'] === true);
      controllers.push(started);
      healthPorts.set(started, healthPort);
      return started;
    },
    async killActive() {
      const alive = controllers.filter(({ isAlive }) => isAlive());
      const active = alive.find(({ ready, output }) => ready['ready'] === true || output().includes('"ready":true')) ?? alive[0];
      await active?.kill('SIGKILL');
      while (controllers.filter(({ isAlive }) => isAlive()).length < 2) await shape.startController();
    },
    async probe(controller, path) {
      const answer = await fetch(`http://127.0.0.1:${healthPorts.get(controller)}${path}`);
      return { status: answer.status, body: await answer.json() };
    },
    async restartServer(at) {
      servers[at] = await startServer(at);
    },
    epoch: () => readEpoch(cluster),
    async visit({ id, host }, path = '/') {
      return Promise.all((await podsOf(id)).filter(isGateOpen).map((pod) => visitAt(pod.status!.podIP!, ports.app, `${host}.localhost`, path)));
    },
    async stop() {
      for (const { pid, isAlive } of controllers) if (isAlive()) process.kill(pid, 'SIGCONT');
      await Promise.all(controllers.map((controller) => controller.kill('SIGTERM')));
      await Promise.all(servers.map((server) => server.kill('SIGTERM')));
      await balancer.stop();
      await core.deleteNamespace({ name: namespace });
      await Promise.all([nats.stop(), postgres.stop(), testCluster.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return shape;
}
