import type { App, AppFile, Deployment } from '@fapi/sdk/contract';
import type { V1EndpointSlice, V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appThatConnects } from '../../packages/runner-controller/src/test-parts/bundles.ts';
import { toAppName, toLabel } from '../../packages/runner-controller/src/runtime/kubernetes/objects/names.ts';
import { type NodeShape, startNode } from '../shapes/node.ts';
import { startSteadyClient } from '../steady-client.ts';
import { until, visit } from '../visit.ts';

/** `/eat/private` takes memory of its own up to the app's limit, `/eat/shared` memory that only the pod's limit counts. */
const program = (word: string): string => `import mmap, os
from fastapi import FastAPI

app = FastAPI()
kept = []


@app.get("/")
def read_root():
    return {"word": "${word}", "mood": os.environ.get("MOOD")}


@app.get("/eat/private")
def eat_private():
    while True:
        kept.append(bytearray(16 << 20))


@app.get("/eat/shared")
def eat_shared():
    while True:
        piece = mmap.mmap(-1, 16 << 20)
        for at in range(0, 16 << 20, 4096):
            piece[at] = 1
        kept.append(piece)
`;
const files = (word: string): AppFile[] => [{ path: 'main.py', content: program(word) }];
const runners = 'fapi-runners';
/** A pod of an image that is on the node is there in seconds; two cores make the rest of it. */
const patienceMs = 180_000;

describe('the product as pods of a real node', () => {
  let shape: NodeShape;
  let app: App;

  beforeAll(async () => {
    shape = await startNode();
    console.log('seconds', JSON.stringify(shape.took), 'MiB', JSON.stringify(await shape.cluster.readMemory()));
  });
  afterAll(() => shape?.stop());

  const begin = async (of: App, content: AppFile[]): Promise<Deployment> => shape.client.deployments.create(of.id, { draftVersion: (await shape.client.drafts.read(of.id)).version, patch: { put: content, remove: [] } });
  const deploy = async (of: App, word: string): Promise<Deployment> => shape.client.deployments.untilSettled(await begin(of, files(word)));
  const read = async (of: App): Promise<unknown> => {
    const answer = await visit(shape.gatewayPort, of.url);
    return answer.status === 200 ? JSON.parse(answer.body) : answer;
  };
  const expectServed = (of: App, word: string): Promise<unknown> => until(() => read(of), (body) => (body as { word?: string }).word === word, patienceMs);
  const podsOf = (of: App) => shape.pods(runners, `fapi.dev/role=app,fapi.dev/app=${toLabel(of.id)}`);
  const podOf = async (of: App) => (await until(() => podsOf(of), (pods) => pods.length === 1 && pods[0]!.status?.phase === 'Running', patienceMs))[0]!;
  /** Asks all the while; answers what was answered and what failed. */
  const underLoad = async (of: App, work: () => Promise<void>): Promise<{ answered: number; failures: string[] }> => {
    const steady = startSteadyClient(shape.gatewayPort, of.url, 20);
    // Also when the work failed: how the app was meanwhile tells why.
    const said = await work().then(() => undefined, (error: unknown) => ({ error }));
    const seen = await steady.stop();
    console.log(`answered ${seen.answered}, failed ${seen.failures.length}: ${seen.failures.slice(0, 5).join(', ')}`);
    if (said) throw said.error;
    return seen;
  };

  it('runs every program as a restricted pod, and says how well apps are isolated in one', async () => {
    for (const namespace of ['fapi', runners]) await expect(shape.kubectl('-n', namespace, 'run', 'root', '--image=fapi-runner:local', '--restart=Never')).rejects.toThrow(/PodSecurity|forbidden/);
    const { kind, isolation, python } = await shape.client.runtime.read();
    console.log(python, JSON.stringify(isolation));
    expect(kind).toBe('kubernetes');
    expect(isolation.level).toBe(2);
  });

  it('deploys what the SDK asks for, through a warm pod, and the gateway finds it', async () => {
    app = await shape.client.apps.create({ title: 'Story', files: files('one') });
    const deployment = await deploy(app, 'one');
    expect(deployment, JSON.stringify(deployment)).toMatchObject({ status: 'live' });
    await expectServed(app, 'one');
    const slices = JSON.parse(await shape.kubectl('-n', runners, 'get', 'endpointslices', '-l', `kubernetes.io/service-name=${toAppName(app.id)}`, '-o', 'json')) as { items: V1EndpointSlice[] };
    expect(slices.items.flatMap(({ endpoints }) => (endpoints ?? []).flatMap(({ addresses }) => addresses))).toEqual([(await podOf(app)).status!.podIP]);
  });

  it('swaps under load and no request fails: other code, other variables, and back', async () => {
    const [pod, first] = [await podOf(app), (await shape.client.apps.read(app.id)).live!];
    const seen = await underLoad(app, async () => {
      expect(await deploy(app, 'two')).toMatchObject({ status: 'live' });
      await expectServed(app, 'two');
      const { version } = await shape.client.environment.read(app.id);
      await shape.client.environment.save(app.id, { version, variables: [{ name: 'MOOD', value: 'calm' }] });
      expect(await settle(await shape.client.deployments.create(app.id, { revision: 'live' }))).toMatchObject({ status: 'live', trigger: 'environment' });
      expect(await read(app)).toEqual({ word: 'two', mood: 'calm' });
      expect(await settle(await shape.client.deployments.create(app.id, { revision: first.revision }))).toMatchObject({ status: 'live', trigger: 'revert' });
      await expectServed(app, 'one');
    });
    expect(seen.failures).toEqual([]);
    // All of it in the same container.
    const same = await podOf(app);
    expect([same.metadata!.uid, same.status!.containerStatuses![0]!.restartCount]).toEqual([pod.metadata!.uid, 0]);
  });

  it.each(['private', 'shared'])('names memory as the cause when user code eats its %s memory, and starts it again', async (kind) => {
    const hungry = await shape.client.apps.create({ title: `Hungry ${kind}`, files: files('hungry') });
    expect(await deploy(hungry, 'hungry')).toMatchObject({ status: 'live' });
    await shape.client.apps.limits.put(hungry.id, { memoryMiB: 256 });
    await until(() => shape.client.apps.read(hungry.id), ({ live, rollout }) => live?.trigger === 'limits' && rollout === 'idle', patienceMs);
    await expectServed(hungry, 'hungry');
    await visit(shape.gatewayPort, hungry.url, `/eat/${kind}`).catch(() => undefined);
    // Within its first 30 s it is a deployment that failed; later the crash of an app.
    const reports = async () => {
      const { crash, lastCrash, trouble } = await shape.client.apps.read(hungry.id);
      const { items } = await shape.client.deployments.list(hungry.id);
      return [crash, lastCrash?.report, trouble, ...items.map(({ failure }) => failure)].filter((report) => report !== undefined);
    };
    expect(await until(reports, (found) => found.length > 0, patienceMs)).toContainEqual(expect.objectContaining({ class: 'memory' }));
    await expectServed(hungry, 'hungry');
    await shape.client.apps.delete(hungry.id);
  });

  it('is back when its pod is deleted, and when it is evicted', async () => {
    for (const leave of [deletePod, evictPod]) {
      const pod = await podOf(app);
      await leave(pod);
      await until(() => podsOf(app), (pods) => pods.length === 1 && pods[0]!.metadata!.uid !== pod.metadata!.uid, patienceMs);
      await expectServed(app, 'one');
      await until(() => shape.client.apps.read(app.id), ({ health }) => health === 'running', patienceMs);
    }
  });

  it('serves on while the container runtime of the node is killed and comes back, and deploys after it', async () => {
    const seen = await underLoad(app, async () => {
      await shape.cluster.killContainerd();
      // Through the runtime that came back.
      await until(async () => (await shape.kubectl('-n', runners, 'exec', (await podOf(app)).metadata!.name!, '--', 'python', '-c', 'print(1)')).trim(), (said) => said === '1', patienceMs);
      const other = await shape.client.apps.create({ title: 'After', files: files('after') });
      expect(await deploy(other, 'after')).toMatchObject({ status: 'live' });
      await expectServed(other, 'after');
      await shape.client.apps.delete(other.id);
    });
    expect(seen.failures).toEqual([]);
  });

  it('ends a deploy true when the controller that acts is killed under it', async () => {
    const running = await begin(app, [{ path: 'main.py', content: `import time\n\ntime.sleep(3)\n${program('three')}` }]);
    await until(() => shape.client.deployments.read(app.id, running.id), ({ status }) => status === 'preparing', patienceMs);
    const lease = JSON.parse(await shape.kubectl('-n', runners, 'get', 'leases', '-o', 'json')) as { items: { spec: { holderIdentity: string } }[] };
    const controllers = await shape.pods('fapi', 'app.kubernetes.io/component=controller');
    const active = controllers.find(({ metadata }) => lease.items.some(({ spec }) => spec.holderIdentity.includes(metadata!.name!)));
    expect(active, JSON.stringify(lease.items.map(({ spec }) => spec.holderIdentity))).toBeDefined();
    await shape.kubectl('-n', 'fapi', 'delete', 'pod', active!.metadata!.name!, '--grace-period=0', '--force');
    expect(await settle(running)).toMatchObject({ status: 'live' });
    await expectServed(app, 'three');
  });

  it('connects an app of a restricted pod where an operator lets it, through the egress gateway, and no longer than that', async () => {
    // A server of the cluster that is none of ours.
    await shape.kubectl('-n', 'default', 'run', 'outside', '--image=fapi-runner:local', '--image-pull-policy=Never', '--restart=Never', '--command', '--', 'python', '-m', 'http.server', '8000');
    const host = await until(() => shape.kubectl('-n', 'default', 'get', 'pod', 'outside', '-o', 'jsonpath={.status.podIP}'), Boolean, patienceMs);
    await shape.kubectl('-n', 'default', 'wait', '--for=condition=Ready', 'pod/outside', '--timeout=180s');
    await shape.kubectl('-n', 'default', 'expose', 'pod', 'outside', '--port=8000');
    const name = 'outside.default.svc.cluster.local';
    const outward = await shape.client.apps.create({ title: 'Outward', files: [{ path: 'main.py', content: appThatConnects }] });
    expect(await shape.client.deployments.untilSettled(await begin(outward, [{ path: 'main.py', content: appThatConnects }]))).toMatchObject({ status: 'live' });
    const reach = async (to = host): Promise<unknown> => JSON.parse((await visit(shape.gatewayPort, outward.url, `/reach/${to}/8000`)).body);
    expect(await until(reach, (answer) => JSON.stringify(answer).includes('error'), patienceMs)).toEqual({ error: 'PermissionError' });

    const grants = [{ host, port: 8000 }, { host: name, port: 8000 }];
    await shape.client.egress.put(outward.id, { grants });
    await until(() => shape.client.apps.read(outward.id), ({ live, rollout }) => live?.trigger === 'egress' && rollout === 'idle', patienceMs);
    // It asks in no known words, and is told so.
    const letOut = await until(reach, (answer) => 'answer' in (answer as object), patienceMs);
    expect(letOut).toEqual({ answer: expect.stringContaining('Bad request') });
    // A name that leads inside of the cluster is not followed, though its very address is granted beside it.
    expect(await reach(name)).toEqual({ error: expect.stringMatching(/ConnectionResetError|BrokenPipeError/) });
    expect(await reach('10.96.0.1')).toEqual({ error: 'OSError' });
    const [pod] = await podsOf(outward);
    const logs = await shape.kubectl('-n', 'fapi', 'logs', '-l', 'app.kubernetes.io/component=egress', '--tail=-1');
    expect(logs).toContain(`"pod":"${pod!.metadata!.uid}"`);
    expect(logs).toContain('inside of the cluster, where a grant must name the address');

    // The next gateway lets it out as well, and no app has to be told.
    await shape.roll('fapi-egress');
    expect(await until(reach, (answer) => 'answer' in (answer as object), patienceMs)).toEqual(letOut);
    await shape.client.egress.put(outward.id, { grants: [] });
    await until(reach, (answer) => (answer as { error?: string }).error === 'PermissionError', patienceMs);
    await shape.kubectl('-n', 'default', 'delete', 'pod,service', 'outside', '--wait=false');
  });

  it.each(['fapi-gateway', 'fapi-server', 'fapi-controller'])('replaces the pods of %s one after the other under load, and no request fails', async (deployment) => {
    const seen = await underLoad(app, () => shape.roll(deployment));
    expect(seen.failures).toEqual([]);
    expect(seen.answered).toBeGreaterThan(0);
  });

  it('is upgraded as the guide says, all four images at once under load, and no request fails', async () => {
    const before = await podOf(app);
    const seen = await underLoad(app, async () => {
      await shape.install('next');
      // The pool follows the runner's image; who serves stays.
      await until(() => shape.pods(runners, 'fapi.dev/role in (pool,workbench-pool)'), (pods) => pods.length > 0 && pods.every((pod) => imageOf(pod) === 'fapi-runner:next' && pod.status?.phase === 'Running'), patienceMs);
      expect((await podOf(app)).metadata!.uid).toBe(before.metadata!.uid);
    });
    expect(seen.failures).toEqual([]);
    for (const component of ['server', 'controller', 'gateway', 'egress']) for (const pod of await shape.pods('fapi', `app.kubernetes.io/component=${component}`)) expect(imageOf(pod)).toBe(`fapi-${component === 'egress' ? 'gateway' : component}:next`);
    // An app takes the new image when its pod is replaced, without a deploy in between.
    await until(async () => {
      const now = await podsOf(app);
      for (const one of now) if (imageOf(one) !== 'fapi-runner:next') await deletePod(one);
      return now;
    }, (pods) => pods.length === 1 && imageOf(pods[0]!) === 'fapi-runner:next', patienceMs);
    expect(await deploy(app, 'four')).toMatchObject({ status: 'live' });
    await expectServed(app, 'four');
  });

  it('was not refused anything by the API server that a program of ours asked for', async () => {
    const refused = (await shape.readAudit()).filter(({ responseStatus, user }) => responseStatus?.code === 403 && user.username.startsWith('system:serviceaccount:fapi'));
    expect(refused.map(({ user, verb, requestURI }) => [user.username, verb, requestURI])).toEqual([]);
  });

  it.skip('keeps packets away that no NetworkPolicy allows: the bridge of this node enforces none');

  const settle = (deployment: Deployment): Promise<Deployment> => shape.client.deployments.untilSettled(deployment);
  const imageOf = (pod: V1Pod): string | undefined => pod.spec?.containers[0]?.image;
  const deletePod = (pod: V1Pod): Promise<unknown> => shape.kubectl('-n', runners, 'delete', 'pod', pod.metadata!.name!, '--wait=false');
  const evictPod = (pod: V1Pod): Promise<unknown> => shape.evict(runners, pod.metadata!.name!);
});
