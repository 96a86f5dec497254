import { CoreV1Api, type KubernetesObject } from '@kubernetes/client-node';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../../../tools/parts/cluster.ts';
import { type Cluster, createCluster, loadKubeConfig } from '../src/runtime/kubernetes/cluster/cluster.ts';
import { raiseEpoch, readEpoch } from '../src/runtime/kubernetes/cluster/epoch.ts';
import { createMirror, type Mirror } from '../src/runtime/kubernetes/cluster/mirror.ts';
import { until } from '../src/test-parts/until.ts';

let cluster: Cluster;
let testCluster: TestCluster;
let namespace: string;
beforeAll(async () => {
  testCluster = await startTestCluster();
});
afterAll(() => testCluster?.stop());
let count = 0;
beforeEach(async () => {
  namespace = `mirror-${process.pid}-${++count}`;
  const config = loadKubeConfig(testCluster.kubeconfigPath);
  await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: namespace } } });
  cluster = createCluster({ config, namespace });
});

const labels = { 'app.kubernetes.io/managed-by': 'fapi' };
const makeService = (name: string, role = 'app'): KubernetesObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, labels: { ...labels, role } }, spec: { ports: [{ port: 80 }] } } as KubernetesObject);
/** The same cluster, and how often it was asked for what. */
const openCounted = (): { counted: Cluster; calls: string[] } => {
  const calls: string[] = [];
  return { counted: createCluster({ config: loadKubeConfig(testCluster.kubeconfigPath), namespace, onCall: (verb) => void calls.push(verb) }), calls };
};
interface Opened { mirror: Mirror<KubernetesObject>; changes: string[]; close(): Promise<void> }
const open = async (through = cluster, resyncMs = 300_000): Promise<Opened> => {
  const stop = new AbortController();
  const changes: string[] = [];
  const mirror = createMirror<KubernetesObject>(through, {
    kind: 'Service', labels, resyncMs, logger: pino({ level: 'silent' }), signal: stop.signal,
    keyOf: (object) => object.metadata?.labels?.['role'],
    onChange: (now, before) => void changes.push(`${now && before ? 'changed' : now ? 'new' : 'gone'} ${(now ?? before)!.metadata!.name}`),
  });
  await mirror.synced;
  return { mirror, changes, close: async () => (stop.abort(), mirror.ended) };
};

describe('the mirror of a cluster', () => {
  it('has what was there, what comes, what changes and what goes, under its keys', async () => {
    await cluster.apply(makeService('one'));
    const { counted, calls } = openCounted();
    const { mirror, changes, close } = await open(counted);
    expect(mirror.get('one')).toBeDefined();
    await cluster.apply(makeService('two'));
    await until(() => mirror.get('two'));
    await cluster.apply(makeService('two', 'pool'));
    await until(() => mirror.of('pool').length === 1);
    expect(mirror.of('app').map((object) => object.metadata!.name)).toEqual(['one']);
    await cluster.remove('Service', 'one');
    await until(() => !mirror.get('one'));
    expect(changes).toEqual(['new one', 'new two', 'changed two', 'gone one']);
    expect([mirror.of('app'), mirror.problem()]).toEqual([[], undefined]);
    // All of it was told, none of it looked up.
    expect(calls).toEqual(['list', 'watch']);
    await close();
  });

  it('has our own write at once, and never one that is older or gone', async () => {
    const { mirror, close } = await open();
    const first = mirror.note(await cluster.apply(makeService('one')));
    // The same write, as we or as the watch had it first.
    expect(mirror.get('one')!.metadata!.resourceVersion).toBe(first.metadata!.resourceVersion);
    const second = mirror.note(await cluster.apply(makeService('one', 'pool')));
    mirror.note(first);
    expect(mirror.get('one')!.metadata!.labels).toEqual(second.metadata!.labels);
    await cluster.remove('Service', 'one');
    await until(() => !mirror.get('one'));
    mirror.note(second);
    expect(mirror.get('one')).toBeUndefined();
    await close();
  });

  it('lists again in its own time, watch or no watch', async () => {
    const { counted, calls } = openCounted();
    const { close } = await open(counted, 50);
    await until(() => calls.filter((verb) => verb === 'list').length > 3);
    await close();
  });

  it.skipIf(process.env['FAPI_TEST_KUBECONFIG'])('goes on when its line was cut, with what happened meanwhile', async () => {
    const { kubeconfigPath, line } = await testCluster.own!.openLine();
    await cluster.apply(makeService('before'));
    const { mirror, close } = await open(createCluster({ config: loadKubeConfig(kubeconfigPath), namespace }));
    line.cut();
    await cluster.apply(makeService('meanwhile'));
    await cluster.remove('Service', 'before');
    await until(() => mirror.problem(), (problem) => problem?.includes('cannot be followed') === true, 30_000);
    line.mend();
    await until(() => mirror.get('meanwhile') && !mirror.get('before'), Boolean, 30_000);
    await until(() => mirror.problem(), (problem) => problem === undefined);
    await cluster.apply(makeService('after'));
    await until(() => mirror.get('after'));
    await close();
  });
});

describe('calls to a cluster', () => {
  it('take what is missing as an outcome, and what is there already as a refusal with its status', async () => {
    expect([await cluster.find('Service', 'none'), await cluster.remove('Service', 'none')]).toEqual([undefined, undefined]);
    await cluster.create(makeService('one'));
    await expect(cluster.create(makeService('one'))).rejects.toMatchObject({ name: 'RuntimeUnavailableError', status: 409, reason: 'AlreadyExists' });
    const [{ metadata }] = [await cluster.apply(makeService('two'))];
    await cluster.apply(makeService('two', 'pool'));
    await expect(cluster.apply({ ...makeService('two'), metadata: { ...makeService('two').metadata, resourceVersion: metadata!.resourceVersion! } })).rejects.toMatchObject({ status: 409 });
  });

  it('give up with words when nobody is there', async () => {
    const config = loadKubeConfig(testCluster.kubeconfigPath);
    config.loadFromClusterAndUser({ name: 'nowhere', server: 'https://127.0.0.1:1', skipTLSVerify: true }, { name: 'nobody' });
    await expect(createCluster({ config, namespace }).find('Service', 'one')).rejects.toThrow(/the cluster cannot be reached/);
  });

  it('raise the epoch of controllers once for each, also when they begin together', async () => {
    const epochs = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => raiseEpoch(cluster, holder)));
    expect(epochs.toSorted()).toEqual([1, 2, 3, 4]);
    expect(await readEpoch(cluster)).toBe(4);
  });
});
