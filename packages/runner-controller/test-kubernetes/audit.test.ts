import { readFileSync } from 'node:fs';
import type { V1ReplicaSet } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { rules } from '../src/runtime/kubernetes/objects/role.ts';
import { makeApp } from '../src/test-parts/bundles.ts';
import { until } from '../src/test-parts/until.ts';
import { openWishes, startController } from '../src/test-parts/wishes.ts';
import { makeAccount } from './account.ts';
import { type KubernetesHouse, openKubernetesHouse } from './house.ts';

interface AuditEvent { user: { username: string }; verb: string; objectRef: { resource: string; subresource?: string; name?: string }; responseStatus: { code: number } }
interface Call { name: string | undefined; what: string }
const apps = ['a', 'b', 'c', 'd'];
const patienceMs = 40_000;

// The API server's own log can be had from a cluster of our own only.
describe.skipIf(process.env['FAPI_TEST_KUBECONFIG'])('what the API server has logged of a controller', () => {
  let house: KubernetesHouse;
  beforeAll(async () => {
    house = await openKubernetesHouse();
  });
  afterAll(() => house?.close());

  it('while apps are claimed, deployed again and deleted is what that takes, each once, and nothing that was in vain', async () => {
    const config = loadKubeConfig(await makeAccount(house, 'fapi-controller', rules));
    const runtime = await house.openRuntime({ config, pool: { min: apps.length, max: apps.length * 2 } });
    const wishes = openWishes(house);
    const controller = startController(wishes.bus, runtime);
    // Not all of them may be reached yet: whoever finds nobody takes another way, with one call less.
    await until(() => house.podsOf({ 'fapi.dev/role': 'pool' }), (pods) => pods.filter(({ status: now }) => now?.containerStatuses?.[0]?.ready).length >= apps.length, patienceMs);
    const read = (): Call[] => readFileSync(house.testCluster.own!.auditLogPath, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as AuditEvent)
      .filter(({ user, verb }) => user.username === `system:serviceaccount:${house.namespace}:fapi-controller` && verb !== 'watch')
      .map(({ verb, objectRef: { resource, subresource, name }, responseStatus: { code } }) => ({ name, what: `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`} ${code}` }))
      // By the clock, whatever happens.
      .filter(({ what }) => what !== 'update leases 200');
    const during = async (work: () => Promise<unknown>): Promise<Call[]> => {
      const before = read().length;
      await work();
      return read().slice(before);
    };
    const each = (work: (appId: string) => Promise<unknown>) => () => Promise.all(apps.map(work));
    const ofPools = ({ name }: Call): boolean => /^(workbench-)?pool-[0-9a-f]{10}$/.test(name ?? '');

    const claimed = await during(each((appId) => wishes.live(appId, 1, makeApp(`${appId} one`))));
    expect(count(claimed.filter((call) => !ofPools(call)))).toEqual({
      'get leases 200': apps.length, 'patch replicasets 201': apps.length, 'patch services 201': apps.length, 'patch replicasets 200': apps.length, 'patch pods/status 200': apps.length,
      // The cluster writes on a new set too, how many pods it has: who comes in between looks once more.
      ...pick(claimed, /^(get replicasets 200|patch replicasets 409)$/, 2 * apps.length), ...pick(claimed, /^patch pods 200$/, apps.length),
    });
    // Those who claim at once ask for new ones together.
    expect(claimed.filter(ofPools).length).toBeLessThan(apps.length);

    await until(async () => (await house.cluster.list<V1ReplicaSet>('ReplicaSet', { 'fapi.dev/role': 'app' })).items, (sets) => sets.every(({ status: now }) => now?.readyReplicas === 1), patienceMs);
    const swapped = await during(each((appId) => wishes.live(appId, 2, makeApp(`${appId} two`))));
    expect(count(swapped)).toEqual({ 'get leases 200': apps.length, 'patch replicasets 200': 2 * apps.length, 'patch services 200': apps.length });

    const deleted = await during(each(async (appId) => {
      await wishes.remove(appId, 3);
      await wishes.until(appId, ({ phase }) => phase === 'removed');
    }));
    expect(count(deleted.filter((call) => !ofPools(call)))).toEqual({
      'get leases 200': apps.length, 'patch replicasets 200': apps.length, 'delete services 200': apps.length,
      // Looked for whatever is known of the app: neither may be left of other settings, or of a controller that ended in between.
      'delete networkpolicies 404': apps.length, 'delete poddisruptionbudgets 404': apps.length,
      ...pick(deleted, /^(get replicasets 200|patch replicasets 409)$/, 2 * apps.length),
      // The cluster may be first: a set of none ends its pods.
      ...pick(deleted, /^delete pods (200|404)$/, apps.length),
    });
    await controller.close();
    await wishes.stop();
  });
});

const count = (calls: readonly Call[]): Record<string, number> => Object.fromEntries([...Map.groupBy(calls, ({ what }) => what)].map(([what, all]) => [what, all.length]));
/** Those that may be, as often as they were: up to so many. */
const pick = (calls: readonly Call[], which: RegExp, atMost: number): Record<string, number> => {
  const found = calls.filter(({ what }) => which.test(what));
  expect(found.length).toBeLessThanOrEqual(atMost);
  return count(found);
};
