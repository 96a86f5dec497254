import type { V1Pod } from '@kubernetes/client-node';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RouteList } from '../src/gateway/routes/route-source.ts';
import { selectApp } from '../src/runtime/kubernetes/objects/resources.ts';
import { createClusterRoutes } from '../src/runtime/kubernetes/routes/cluster-routes.ts';
import { rules } from '../src/runtime/kubernetes/routes/gateway-role.ts';
import type { Runtime, Wanted } from '../src/runtime/runtime.ts';
import { makeApp } from '../src/test-parts/bundles.ts';
import { until } from '../src/test-parts/until.ts';
import { visit } from '../src/test-parts/visit.ts';
import { offerWanted } from '../src/test-parts/wanted.ts';
import { makeAccount } from './account.ts';
import { askHealth, type GatewayProgram, startGateway, startLoad } from './gateway.ts';
import { type KubernetesHouse, openKubernetesHouse } from './house.ts';

const never = new AbortController().signal;
const patienceMs = 40_000;
let house: KubernetesHouse;
let runtime: Runtime;
let gateways: GatewayProgram[];
let count = 0;
let appId: string;
beforeAll(async () => {
  house = await openKubernetesHouse({ replicas: 2, pool: { min: 3, max: 6 } });
  // Longer than a slow machine takes to bring back a pod.
  const environment = { FAPI_GATEWAY_HOLD_MS: '60000' };
  gateways = [await startGateway(house, environment), await startGateway(house, environment)];
  runtime = await house.openRuntime({ gateway: { url: `http://127.0.0.1:${gateways[0]!.port}`, suffix: 'localhost' } });
  await until(() => runtime.describe().catch(() => undefined), Boolean, patienceMs);
}, 120_000);
afterAll(async () => {
  for (const { child } of gateways ?? []) child.kill('SIGKILL');
  await house?.close();
});
beforeEach(() => {
  appId = `app-${++count}`;
});
afterEach(() => runtime.remove(appId, 100));

const want = (generation: number, word: string): Wanted => offerWanted(house, appId, generation, makeApp(word), { host: `${appId}-host` });
/** Done when it is seen through the gateway. */
const serve = async (wanted: Wanted): Promise<void> => {
  await runtime.prepare(wanted, never);
  await runtime.activate(wanted, never);
  await until(() => runtime.verify(wanted, never).catch(() => undefined), (seen) => seen?.generation === wanted.generation, patienceMs);
};
const isReady = (pod: V1Pod): boolean => pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
const readyPods = (least: number): Promise<V1Pod[]> => until(async () => (await house.podsOfApp(appId)).filter(isReady), (pods) => pods.length >= least, patienceMs);
const ask = (gateway = gateways[0]!) => visit(gateway.port, `${appId}-host`);
const more = (load: { words: string[] }, by = 20): Promise<unknown> => {
  const before = load.words.length;
  return until(() => load.words.length, (now) => now > before + by, patienceMs);
};

describe('the gateway on Kubernetes', () => {
  it('serves an app from the moment it is live until it is stopped, hidden or removed', async () => {
    expect((await ask()).body.code).toBe('app_not_found');
    await serve(want(1, 'one'));
    for (const gateway of gateways) expect((await until(() => ask(gateway), (answer) => answer.status === 200, patienceMs)).body.word).toBe('one');
    await runtime.stop(appId, 2, { isHidden: false });
    expect((await until(ask, (answer) => answer.body.code === 'app_not_running', patienceMs)).status).toBe(503);
    await runtime.stop(appId, 3, { isHidden: true });
    await until(ask, (answer) => answer.body.code === 'app_not_found', patienceMs);
    await serve(want(4, 'four'));
    expect((await ask()).body.word).toBe('four');
    await runtime.remove(appId, 5);
    await until(ask, (answer) => answer.body.code === 'app_not_found', patienceMs);
  });

  it('loses no request while an app is exchanged, and none while one of its pods leaves', async () => {
    await serve(want(1, 'one'));
    await readyPods(2);
    const load = startLoad(`${appId}-host`, gateways);
    await more(load);
    await serve(want(2, 'two'));
    await more(load);
    expect(load.words.at(-1)).toBe('two');
    const [pod] = await readyPods(2);
    await house.cluster.remove('Pod', pod!.metadata!.name!);
    await until(() => house.cluster.list<V1Pod>('Pod', selectApp(appId)), ({ items }) => items.every(({ metadata }) => metadata!.uid !== pod!.metadata!.uid), 2 * patienceMs);
    await more(load, 100);
    await load.stop();
    expect(load.failures).toEqual([]);
  });

  it('wakes an app that sleeps, by knocking at its pod', async () => {
    await serve(want(1, 'one'));
    const pods = await readyPods(2);
    for (const pod of pods) await house.withAgent(pod, (agent) => agent.request('sleep', { appId, generation: 1 }));
    await until(() => runtime.observe(appId), (seen) => seen?.health === 'asleep', patienceMs);
    expect(await ask()).toMatchObject({ status: 200, body: { word: 'one' } });
  });

  it('lets visitors wait while every pod of an app is away', async () => {
    await serve(want(1, 'one'));
    const load = startLoad(`${appId}-host`, gateways);
    await more(load);
    const former = (await readyPods(2)).map(({ metadata }) => metadata!);
    for (const { name } of former) await house.cluster.remove('Pod', name!);
    await until(() => house.cluster.list<V1Pod>('Pod', selectApp(appId)), ({ items }) => items.every(({ metadata }) => former.every(({ uid }) => uid !== metadata!.uid)), 2 * patienceMs);
    await more(load);
    await load.stop();
    expect(load.failures).toEqual([]);
  });

  it.skipIf(process.env['FAPI_TEST_KUBECONFIG'])('serves on while the API server is away, and follows it again', async () => {
    await serve(want(1, 'one'));
    const load = startLoad(`${appId}-host`, gateways);
    await more(load);
    await house.testCluster.own!.restartApiServer();
    await more(load);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(await askHealth(gateways[0]!, '/readyz')).toBe(200);
    await until(() => runtime.problem(), (problem) => problem === undefined, patienceMs);
    await serve(want(2, 'two'));
    await runtime.stop(appId, 3, { isHidden: true });
    await until(ask, (answer) => answer.body.code === 'app_not_found', patienceMs);
  });

  it('fails nobody when one of two gateways is asked to leave, and only whom it was serving when it is killed', async () => {
    await serve(want(1, 'one'));
    const [leaver, victim] = [await startGateway(house, { FAPI_GATEWAY_LEAVE_MS: '1000' }), await startGateway(house)];
    gateways.push(leaver, victim);
    for (const gateway of [leaver, victim]) await until(() => askHealth(gateway, '/readyz'), (status) => status === 200, patienceMs);
    const load = startLoad(`${appId}-host`, [gateways[0]!, leaver, victim]);
    await more(load);
    leaver.child.kill('SIGTERM');
    await until(() => askHealth(leaver, '/readyz'), (status) => status === 503, patienceMs);
    expect([await askHealth(leaver, '/livez'), (await ask(leaver)).status]).toEqual([200, 200]);
    load.leave(leaver.port);
    expect(await leaver.ended).toEqual([0, null]);
    await more(load);
    expect(load.failures).toEqual([]);
    load.leave(victim.port);
    victim.child.kill('SIGKILL');
    await victim.ended;
    await more(load);
    await load.stop();
    // Each client has one request open at a time.
    expect(load.failures.length).toBeLessThanOrEqual(4);
    expect(load.failures.filter((text) => !text.startsWith(`${victim.port} `))).toEqual([]);
  });

  it.skipIf(process.env['FAPI_TEST_KUBECONFIG'])('asks of the cluster just what its Role lists', async () => {
    await serve(want(1, 'one'));
    const { namespace } = house;
    const calls = new Set<string>();
    const source = createClusterRoutes({
      kubeconfig: await makeAccount(house, 'fapi-gateway', rules), namespace, clock: () => performance.now(), logger: pino({ level: 'silent' }), onCall: (verb, resource) => void calls.add(`${verb} ${resource}`),
    });
    const stop = new AbortController();
    let table: RouteList | undefined;
    const followed = source.follow((list) => (table = list), stop.signal);
    const route = await until(() => table?.routes.find((one) => one.appId === appId), Boolean, patienceMs);
    expect(route).toMatchObject({ host: `${appId}-host`, phase: 'running', generation: 1 });
    await until(() => calls.size, (size) => size === 4, patienceMs);
    stop.abort();
    await followed;
    expect([...calls].toSorted()).toEqual(rules.flatMap(({ resources, verbs }) => verbs.flatMap((verb) => resources!.map((resource) => `${verb} ${resource}`))).toSorted());
  });
});
