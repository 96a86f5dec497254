import { CoreV1Api, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../../tools/parts/cluster.ts';
import { createCluster, loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { findLease } from '../src/runtime/kubernetes/cluster/epoch.ts';
import { beginReign, type Reign } from '../src/runtime/kubernetes/cluster/reign.ts';
import type { LeaseTimes } from '../src/runtime/kubernetes/cluster/standby.ts';
import { defaultResources } from '../src/runtime/kubernetes/objects/pod.ts';
import { makePool } from '../src/runtime/kubernetes/objects/resources.ts';
import { InDoubtError, OvertakenError } from '../src/runtime/runtime.ts';
import { until } from '../src/test-parts/until.ts';

let testCluster: TestCluster;
beforeAll(async () => {
  testCluster = await startTestCluster();
});
afterAll(() => testCluster?.stop());

const times = { leaseS: 2, renewMs: 300, lookMs: 100 };
const logs: string[] = [];
const logger = pino({}, { write: (line: string) => void logs.push(line) });
let namespace: string;
let count = 0;
const stop = new AbortController();
const begun: Reign[] = [];
beforeEach(async () => {
  namespace = `lease-${process.pid}-${++count}`;
  await loadKubeConfig(testCluster.kubeconfigPath).makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
});
afterEach(async () => {
  await Promise.all(begun.splice(0).map((reign) => reign.close()));
});

const openCluster = (path = testCluster.kubeconfigPath) => createCluster({ config: loadKubeConfig(path), namespace });
/** Stands by, and says for whom it waits. */
const standBy = (holder: string, cluster = openCluster(), more: Partial<LeaseTimes> = {}) => {
  const waitedFor: string[] = [];
  const turn = beginReign(cluster, { holder, logger, times: { ...times, ...more }, standby: { signal: stop.signal, onWait: (active) => void waitedFor.push(active) } }).then((reign) => (begun.push(reign), reign));
  return { turn, waitedFor };
};
/** Ends all its turns, one after the other. */
const rule = async (turns: number) => {
  for (let turn = 1; turn <= turns; turn++) await (await standBy(`turn-${turn}`).turn).close();
};
const holderOf = async () => (await findLease(openCluster()))?.spec?.holderIdentity;

describe('the lease of the controller', () => {
  it('is the first one\'s as long as that renews it, and the next one\'s at once when it is given back', async () => {
    const first = await standBy('first').turn;
    const next = standBy('next');
    await until(() => next.waitedFor.length > 0);
    const renewals = new Set<string>();
    await until(async () => renewals.add(String((await findLease(openCluster()))!.spec!.renewTime)).size > 8);
    expect([await holderOf(), next.waitedFor]).toEqual(['first', ['first']]);
    first.assert();
    await first.close();
    expect((await next.turn).epoch).toBe(first.epoch + 1);
  });

  it('is one of two\'s who wait for the same one, and the other one goes on waiting', async () => {
    const first = await standBy('first').turn;
    const waiting = [standBy('a'), standBy('b')];
    await until(() => waiting.every(({ waitedFor }) => waitedFor.length > 0));
    await first.close();
    const second = await Promise.race(waiting.map(({ turn }) => turn));
    const winner = await holderOf();
    const other = waiting[winner === 'a' ? 1 : 0]!;
    await until(() => other.waitedFor.at(-1) === winner);
    await second.close();
    expect((await other.turn).epoch).toBe(3);
  });

  it('is counted on by whoever waited for it when somebody has deleted it', async () => {
    await rule(3);
    // It would make the lease again.
    const active = await standBy('active', openCluster(), { renewMs: 60_000 }).turn;
    const next = standBy('next');
    await until(() => next.waitedFor.length > 0);
    await openCluster().remove('Lease', 'fapi-controller');
    expect([active.epoch, (await next.turn).epoch]).toEqual([4, 5]);
  });

  it('is counted on from what controllers have written on their objects when nobody knows it any more', async () => {
    const pool = makePool('pool', { image: 'fapi-runner:test', resources: defaultResources }, 0, 7);
    await openCluster().apply(pool);
    expect((await standBy('first').turn).epoch).toBe(8);
  });

  it('is written again by the one who has it when an older one has been restored in its place', async () => {
    await rule(2);
    const active = await standBy('active').turn;
    await openCluster().patch('Lease', 'fapi-controller', [{ op: 'replace', path: '/spec/holderIdentity', value: 'turn-1' }, { op: 'replace', path: '/spec/leaseTransitions', value: 1 }]);
    await until(async () => (await findLease(openCluster()))!.spec, (spec) => spec?.holderIdentity === 'active' && spec.leaseTransitions === 3);
    active.assert();
    await active.close();
    expect((await standBy('next').turn).epoch).toBe(4);
  });
});

// What is cut or taken away is a cluster of our own.
describe.skipIf(process.env['FAPI_TEST_KUBECONFIG'])('a controller that cannot renew its lease', () => {
  it('does nothing from the moment when another one may act, and says whose turn it is as soon as it is told', async () => {
    const { kubeconfigPath, line } = await testCluster.own!.openLine();
    const first = await standBy('first', openCluster(kubeconfigPath)).turn;
    const next = standBy('next');
    await until(() => next.waitedFor.length > 0);
    line.cut();
    const second = await next.turn;
    // By its own clock: nobody has told it.
    expect(first.assert).toThrow(InDoubtError);
    await expect(first.confirm()).rejects.toThrow(/could not be renewed for 2 s/);
    second.assert();
    line.mend();
    expect(await first.over).toBe(`controller 2 (next) has taken over namespace ${namespace} from controller 1`);
    expect(first.assert).toThrow(OvertakenError);
    await first.close();
    expect(await holderOf()).toBe('next');
  });

  it('asks over another connection when its own passes nothing on, and has the lease all the while', async () => {
    const { kubeconfigPath, line } = await testCluster.own!.openLine();
    // More time than a slow machine takes for a handshake.
    const only = await standBy('only', openCluster(kubeconfigPath), { leaseS: 8 }).turn;
    const seen = async () => String((await findLease(openCluster()))!.spec!.renewTime);
    const first = await seen();
    await until(async () => await seen() !== first);
    line.forget();
    const before = logs.length;
    await until(() => logs.slice(before).some((one) => one.includes('could not be renewed')), Boolean, 20_000);
    const lost = await seen();
    await until(async () => {
      expect(only.problem()).toBeUndefined();
      return await seen() !== lost;
    }, Boolean, 20_000);
    only.assert();
  });

  it('goes on when nobody has taken it meanwhile', async () => {
    const { kubeconfigPath, line } = await testCluster.own!.openLine();
    const only = await standBy('only', openCluster(kubeconfigPath)).turn;
    line.cut();
    await until(() => only.problem(), (problem) => problem?.includes('is not known') === true);
    line.mend();
    await until(() => only.problem(), (problem) => problem === undefined);
    only.assert();
    expect(await holderOf()).toBe('only');
  });

  it('makes it anew with its own number when somebody has deleted it', async () => {
    const first = await standBy('first').turn;
    await first.close();
    const second = await standBy('second').turn;
    await openCluster().remove('Lease', 'fapi-controller');
    await until(holderOf, (holder) => holder === 'second');
    second.assert();
    await second.confirm();
    await second.close();
    expect((await standBy('third').turn).epoch).toBe(3);
  });

  it('is waited for while the cluster is away, and is left for good when the wait is over', async () => {
    const leaving = new AbortController();
    const { kubeconfigPath, line } = await testCluster.own!.openLine();
    line.cut();
    const before = logs.length;
    const waiting = beginReign(openCluster(kubeconfigPath), { holder: 'waiting', logger, times, standby: { signal: leaving.signal, onWait: () => undefined } });
    await until(() => logs.slice(before).some((one) => one.includes('the lease cannot be read')));
    line.mend();
    const reign = await waiting;
    begun.push(reign);
    expect(reign.epoch).toBe(1);
    const left = beginReign(openCluster(), { holder: 'left', logger, times, standby: { signal: leaving.signal, onWait: () => leaving.abort(new Error('not needed any more')) } });
    await expect(left).rejects.toThrow('not needed any more');
  });

  it('does not begin where it has no right to', async () => {
    const config = loadKubeConfig(testCluster.kubeconfigPath);
    const [core, rbac] = [config.makeApiClient(CoreV1Api), config.makeApiClient(RbacAuthorizationV1Api)];
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'nobody' } } });
    await rbac.createNamespacedRole({ namespace, body: { metadata: { name: 'nothing' }, rules: [] } });
    const { status } = await core.createNamespacedServiceAccountToken({ namespace, name: 'nobody', body: { spec: { audiences: [] } } as never });
    await expect(standBy('nobody', openCluster(await testCluster.own!.kubeconfigOf(status!.token!))).turn).rejects.toThrow(/leases.*forbidden/);
  });
});
