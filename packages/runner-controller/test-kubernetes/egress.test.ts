import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { CoreV1Api, RbacAuthorizationV1Api, type V1Secret } from '@kubernetes/client-node';
import type { EgressGrant } from '@fapi/sdk/contract';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTunnel } from '../src/egress/test-parts/agent.ts';
import { openClusterGrants } from '../src/runtime/kubernetes/egress/cluster-grants.ts';
import { rules } from '../src/runtime/kubernetes/egress/egress-role.ts';
import { loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { ports } from '../src/runtime/kubernetes/objects/labels.ts';
import { agentSecretName } from '../src/runtime/kubernetes/objects/pod.ts';
import { selectApp } from '../src/runtime/kubernetes/objects/resources.ts';
import type { Wanted } from '../src/runtime/runtime.ts';
import { appThatConnects, makeBundle } from '../src/test-parts/bundles.ts';
import { until } from '../src/test-parts/until.ts';
import { visitAt } from '../src/test-parts/visit.ts';
import type { EgressProgram } from './egress-program.ts';
import { type KubernetesHouse, openKubernetesHouse } from './house.ts';

const never = new AbortController().signal;
const patienceMs = 40_000;
/** Loopback is refused whatever is granted. */
const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).find(({ internal, family }) => !internal && family === 'IPv4')?.address;

// The pods of another cluster do not reach this machine's loopback.
describe.skipIf(process.env['FAPI_TEST_KUBECONFIG'] || own === undefined)('the egress gateway on Kubernetes', () => {
  let house: KubernetesHouse;
  let egress: EgressProgram;
  let server: Server;
  let port: number;
  const sockets: Socket[] = [];
  let count = 0;
  let appId: string;
  beforeAll(async () => {
    server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).pipe(socket);
    }).listen(0, own);
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    house = await openKubernetesHouse();
    egress = await house.startEgress();
  }, 120_000);
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await house?.close();
  });
  beforeEach(() => {
    appId = `app-${++count}`;
  });

  const serve = async (generation: number, grants: readonly EgressGrant[]): Promise<void> => {
    const bundle = makeBundle(appThatConnects);
    house.offer(bundle);
    const wanted: Wanted = { appId, host: appId, generation, envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: grants, revision: bundle.revision, bundleSha256: bundle.bundleSha256 };
    await house.runtime.prepare(wanted, never);
    await house.runtime.activate(wanted, never);
  };
  const reach = async (): Promise<unknown> => (await house.visit(appId, `/reach/${own}/${port}`)).body;
  const broken = { error: expect.stringMatching(/^(ConnectionResetError|BrokenPipeError)$/) };

  it('is told by an app that it was let out: which one, from which pod, and where to', async () => {
    await serve(1, [{ host: own!, port }]);
    expect(await reach()).toEqual({ answer: 'ping' });
    const [pod] = await house.podsOf(selectApp(appId));
    expect(await until(() => egress.logs.find((line) => line['appId'] === appId && line['msg'] === 'an app is connected'), Boolean, patienceMs)).toMatchObject({ host: own, port, from: pod!.status!.podIP, to: own });
  });

  it('lets nobody out who only has the certificate of agents', async () => {
    await serve(1, [{ host: own!, port }]);
    const { data } = (await house.cluster.find<V1Secret>('Secret', agentSecretName))!;
    const [ca, cert, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) => Buffer.from(data![name]!, 'base64').toString());
    const tunnel = await openTunnel({ port: egress.port, address: '127.0.0.1', identity: { ca: ca!, cert: cert!, key: key! } }, { appId, host: own, port });
    expect(tunnel.answer).toMatchObject({ reason: 'unknown_pod' });
  });

  it('breaks what is open when it is killed, resets what comes then, and the next one lets out again', async () => {
    await serve(1, [{ host: own!, port }]);
    const before = sockets.length;
    await house.visit(appId, `/hold/${own}/${port}`);
    await until(() => sockets.length, (now) => now > before, patienceMs);
    egress.child.kill('SIGKILL');
    await egress.ended;
    expect((await house.visit(appId, '/held')).body).toEqual({ error: 'ConnectionResetError' });
    expect(await reach()).toEqual(broken);
    egress = await house.startEgress();
    expect(await reach()).toEqual({ answer: 'ping' });
  });

  it('is not ready any more from the moment that it is asked to go, and ends what is open in its time', async () => {
    await serve(1, [{ host: own!, port }]);
    const ready = (): Promise<number> => fetch(`http://127.0.0.1:${egress.healthPort}/readyz`).then(({ status }) => status, () => 0);
    expect(await ready()).toBe(200);
    await house.visit(appId, `/hold/${own}/${port}`);
    egress.child.kill('SIGTERM');
    expect(await until(ready, (status) => status !== 200, patienceMs)).not.toBe(200);
    expect((await egress.ended as [number])[0]).toBe(0);
    expect((await house.visit(appId, '/held')).body).toEqual({ error: 'ConnectionResetError' });
    egress = await house.startEgress();
  });

  it('knows the grants on while the API server is away', async () => {
    await serve(1, [{ host: own!, port }]);
    expect(await reach()).toEqual({ answer: 'ping' });
    const [pod] = await house.podsOf(selectApp(appId));
    const restarted = house.testCluster.own!.restartApiServer();
    // Directly: to find the pod would take the API server.
    expect((await visitAt(pod!.status!.podIP!, ports.app, `${appId}.localhost`, `/reach/${own}/${port}`)).body).toEqual({ answer: 'ping' });
    await restarted;
    expect(await reach()).toEqual({ answer: 'ping' });
  });

  it('asks of the cluster just what its Role lists', async () => {
    await serve(1, [{ host: own!, port }]);
    const { namespace } = house;
    const config = loadKubeConfig(house.testCluster.kubeconfigPath);
    const [core, rbac] = [config.makeApiClient(CoreV1Api), config.makeApiClient(RbacAuthorizationV1Api)];
    const metadata = { name: 'fapi-egress' };
    await core.createNamespacedServiceAccount({ namespace, body: { metadata } });
    await rbac.createNamespacedRole({ namespace, body: { metadata, rules } });
    await rbac.createNamespacedRoleBinding({ namespace, body: { metadata, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name }, subjects: [{ kind: 'ServiceAccount', name: metadata.name, namespace }] } });
    const { status } = await core.createNamespacedServiceAccountToken({ namespace, name: metadata.name, body: { spec: { audiences: [] } } as never });
    const kubeconfig = await house.testCluster.own!.kubeconfigOf(status!.token!);
    const calls = new Set<string>();
    const stop = new AbortController();
    const source = openClusterGrants({ kubeconfig, namespace, logger: pino({ level: 'silent' }), signal: stop.signal, onCall: (verb, resource) => void calls.add(`${verb} ${resource}`) });
    expect((await source.waitForIdentity()).cert).toContain('BEGIN CERTIFICATE');
    const [pod] = await house.podsOf(selectApp(appId));
    await until(() => source.findApp(pod!.status!.podIP!), (found) => found === appId, patienceMs);
    expect([source.isGranted(appId, own!, port), source.isGranted(appId, own!, port + 1), source.isPod(pod!.status!.podIP!)]).toEqual([true, false, true]);
    await until(() => calls.size, (size) => size === 5, patienceMs);
    stop.abort();
    expect([...calls].toSorted()).toEqual(rules.flatMap(({ resources, verbs }) => verbs.flatMap((verb) => resources!.map((resource) => `${verb} ${resource}`))).toSorted());
    // No other Secret of the namespace: the authority's key is in one.
    const account = loadKubeConfig(kubeconfig).makeApiClient(CoreV1Api);
    await expect(account.readNamespacedSecret({ namespace, name: 'fapi-ca' })).rejects.toThrow(/403|[Ff]orbidden/);
  });
});
