import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { CoreV1Api, type V1Secret } from '@kubernetes/client-node';
import type { EgressGrant } from '@fapi/sdk/contract';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../src/agent/caller.ts';
import { openTunnel } from '../src/egress/test-parts/agent.ts';
import { openCredentials } from '../src/runtime/kubernetes/agents/credentials.ts';
import { openClusterGrants } from '../src/runtime/kubernetes/egress/cluster-grants.ts';
import { rules } from '../src/runtime/kubernetes/egress/egress-role.ts';
import { loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { readEpoch } from '../src/runtime/kubernetes/cluster/epoch.ts';
import { ports } from '../src/runtime/kubernetes/objects/labels.ts';
import { toLabel } from '../src/runtime/kubernetes/objects/names.ts';
import { agentSecretName } from '../src/runtime/kubernetes/objects/pod.ts';
import { appThatConnects } from '../src/test-parts/bundles.ts';
import { until } from '../src/test-parts/until.ts';
import { offerWanted } from '../src/test-parts/wanted.ts';
import { visitAt } from '../src/test-parts/visit.ts';
import { makeAccount } from './account.ts';
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
    const wanted = offerWanted(house, appId, generation, appThatConnects, { egress: grants });
    await house.runtime.prepare(wanted, never);
    await house.runtime.activate(wanted, never);
  };
  const reach = async (): Promise<unknown> => (await house.visit(appId, `/reach/${own}/${port}`)).body;
  const broken = { error: expect.stringMatching(/^(ConnectionResetError|BrokenPipeError)$/) };

  it('lets an app out whose pod\'s address it does not see: which one, from which pod, and where to is in its log', async () => {
    await serve(1, [{ host: own!, port }]);
    expect(await reach()).toEqual({ answer: 'ping' });
    const [pod] = await house.podsOfApp(appId);
    expect(await until(() => egress.logs.find((line) => line['appId'] === appId && line['msg'] === 'an app is connected'), Boolean, patienceMs)).toMatchObject({ host: own, port, pod: pod!.metadata!.uid, to: own, from: '127.0.0.1' });
  });

  it('lets an app out no more where a grant was withdrawn, also when what was deployed without it does not start', async () => {
    await serve(1, [{ host: own!, port }]);
    await house.visit(appId, `/hold/${own}/${port}`);
    const failing = offerWanted(house, appId, 2, 'raise RuntimeError("not today")', { egress: [] });
    await expect(house.runtime.prepare(failing, never)).rejects.toThrow('not today');
    await house.runtime.abandon(failing, never);
    expect((await house.visit(appId, '/held')).body).toEqual(broken);
    expect(await reach()).toEqual(broken);
    expect(await house.recordOf(appId)).toMatchObject({ generation: 2, release: { generation: 1 }, granted: [] });
    // Granted again, it is let out by the same release once that is deployed again.
    await serve(3, [{ host: own!, port }]);
    expect(await reach()).toEqual({ answer: 'ping' });
  });

  it('lets nobody out who only has the certificate of agents', async () => {
    await serve(1, [{ host: own!, port }]);
    const { data } = (await house.cluster.find<V1Secret>('Secret', agentSecretName))!;
    const [ca, cert, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) => Buffer.from(data![name]!, 'base64').toString());
    const tunnel = await openTunnel({ port: egress.port, address: '127.0.0.1', identity: { ca: ca!, cert: cert!, key: key! } }, { appId, host: own, port });
    expect(tunnel.answer).toMatchObject({ reason: 'unknown_pod' });
  });

  it('takes the identity that a controller has given a pod for its app, as long as the pod is there, and no other one', async () => {
    await serve(1, [{ host: own!, port }]);
    const [pod] = await house.podsOfApp(appId);
    const [first, epoch] = [appId, await readEpoch(house.cluster)];
    appId = `app-${++count}`;
    await serve(1, [{ host: own!, port }]);
    const [other] = await house.podsOfApp(appId);
    const credentials = await openCredentials(house.cluster, () => new Date());
    const ask = async (app: string, caller: Partial<Caller>) => {
      const { cert, key } = await credentials.issue({ app: toLabel(first), pod: pod!.metadata!.uid!, epoch, ...caller }, 60_000);
      return openTunnel({ port: egress.port, address: '127.0.0.1', identity: { ca: (await credentials.show()).ca, cert, key } }, { appId: app, host: own, port });
    };
    const tunnel = await ask(first, {});
    expect(tunnel.answer).toEqual({});
    expect((await ask(appId, {})).answer).toMatchObject({ reason: 'unknown_pod', text: expect.stringContaining(`not known as one of ${appId}`) });
    expect((await ask(first, { pod: other!.metadata!.uid! })).answer).toMatchObject({ reason: 'unknown_pod', text: expect.stringContaining(`no pod of ${first}`) });
    expect((await ask(first, { epoch: epoch - 1 })).answer).toMatchObject({ reason: 'unknown_pod', text: expect.stringContaining('was claimed after controller') });
    await house.cluster.remove('Pod', pod!.metadata!.name!);
    await expect(tunnel.whole()).rejects.toThrow('broke off');
    expect((await ask(first, {})).answer).toMatchObject({ reason: 'unknown_pod', text: expect.stringContaining('no such pod') });
    // The one that was made in its place has its own.
    appId = first;
    await until(reach, (told) => JSON.stringify(told) === '{"answer":"ping"}', patienceMs);
  });

  it('lets an app out again whose agent was started anew and has forgotten who it is', async () => {
    await serve(1, [{ host: own!, port }]);
    const [pod] = await house.podsOfApp(appId);
    process.kill(await house.withAgent(pod!, async ({ hello }) => hello.pid), 'SIGKILL');
    await until(reach, (told) => JSON.stringify(told) === '{"answer":"ping"}', patienceMs);
    expect((await house.podsOfApp(appId)).map(({ metadata }) => metadata!.uid)).toEqual([pod!.metadata!.uid]);
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
    const [pod] = await house.podsOfApp(appId);
    const restarted = house.testCluster.own!.restartApiServer();
    // Directly: to find the pod would take the API server.
    expect((await visitAt(pod!.status!.podIP!, ports.app, `${appId}.localhost`, `/reach/${own}/${port}`)).body).toEqual({ answer: 'ping' });
    await restarted;
    await until(() => house.runtime.problem(), (problem) => problem === undefined, patienceMs);
    expect(await reach()).toEqual({ answer: 'ping' });
  });

  it('asks of the cluster just what its Role lists', async () => {
    await serve(1, [{ host: own!, port }]);
    const { namespace } = house;
    const kubeconfig = await makeAccount(house, 'fapi-egress', rules);
    const calls = new Set<string>();
    const stop = new AbortController();
    const source = openClusterGrants({ kubeconfig, namespace, logger: pino({ level: 'silent' }), signal: stop.signal, onCall: (verb, resource) => void calls.add(`${verb} ${resource}`) });
    expect((await source.waitForIdentity()).cert).toContain('BEGIN CERTIFICATE');
    const [pod] = await house.podsOfApp(appId);
    const caller = { app: toLabel(appId), pod: pod!.metadata!.uid!, epoch: await readEpoch(house.cluster) };
    expect(await until(() => source.findApp(caller), (found) => 'appId' in found, patienceMs)).toEqual({ appId, pod: pod!.metadata!.name });
    expect([source.isGranted(appId, own!, port), source.isGranted(appId, own!, port + 1)]).toEqual([true, false]);
    // Its address is told after it is claimed, so what was read above may be without one.
    await until(async () => (await house.podsOfApp(appId)).some(({ status }) => status?.podIP && source.isPod(status.podIP)), Boolean, patienceMs);
    await until(() => calls.size, (size) => size === 5, patienceMs);
    stop.abort();
    expect([...calls].toSorted()).toEqual(rules.flatMap(({ resources, verbs }) => verbs.flatMap((verb) => resources!.map((resource) => `${verb} ${resource}`))).toSorted());
    // No other Secret of the namespace: the authority's key is in one.
    const account = loadKubeConfig(kubeconfig).makeApiClient(CoreV1Api);
    await expect(account.readNamespacedSecret({ namespace, name: 'fapi-ca' })).rejects.toThrow(/403|[Ff]orbidden/);
  });

  it('is shown the next identity before one runs out, by the next controller too', async () => {
    await serve(1, [{ host: own!, port }]);
    // Certificates count in whole seconds.
    const termMs = 4_000;
    await house.openRuntime({ identityTermMs: termMs, tickMs: 100 });
    const begunAt = performance.now();
    const epoch = await readEpoch(house.cluster);
    expect(await until(() => egress.logs.find((line) => line['appId'] === appId && line['epoch'] === epoch) ?? reach().then(() => undefined), Boolean, patienceMs)).toBeDefined();
    // Of those that it was given first all have run out by then.
    const told = await until(async () => ({ answer: await reach(), ms: performance.now() - begunAt }), ({ answer, ms }) => ms > 2.5 * termMs || JSON.stringify(answer) !== '{"answer":"ping"}', patienceMs);
    expect(told.answer).toEqual({ answer: 'ping' });
  });
});
