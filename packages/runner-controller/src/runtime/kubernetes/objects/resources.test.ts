import { describe, expect, it } from 'vitest';
import { makeGround, makeWayOut } from './network.ts';
import { defaultResources, hashRunner, makePodSpec, type RunnerShape } from './pod.ts';
import type { AppRecord } from './record.ts';
import { countReplicas, makeApp, makeBudget, makePool, makeService, makeServiceAccount } from './resources.ts';

const shape: RunnerShape = { image: 'fapi-runner:1', resources: defaultResources };
const release = { generation: 1, revision: 'sha256:1', bundleSha256: 'f'.repeat(64), envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [] };
const record: AppRecord = { appId: 'shop', host: 'shop', generation: 1, epoch: 1, state: 'live', release };

describe('a runner pod', () => {
  const spec = makePodSpec('runner', shape);
  const [container] = spec.containers;

  it('is restricted, has no token and nothing to write but its own folders', () => {
    expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } });
    expect(container!.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } });
    expect([spec.hostNetwork, spec.hostPID, spec.hostIPC, container!.securityContext!.privileged]).toEqual([undefined, undefined, undefined, undefined]);
    expect(spec.volumes!.every((volume) => volume.secret || volume.emptyDir?.sizeLimit)).toBe(true);
    expect(spec.volumes!.find(({ name }) => name === 'tls')!.secret!.defaultMode).toBe(0o400);
    // What holds the app's environment is on no disk, and at a place of its own.
    expect(spec.volumes!.find(({ name }) => name === 'memory')!.emptyDir).toEqual({ medium: 'Memory', sizeLimit: '16Mi' });
    expect(container!.env).toContainEqual({ name: 'FAPI_POD_MEMORY_DIR', value: container!.volumeMounts!.find(({ name }) => name === 'memory')!.mountPath });
    expect(container!.volumeMounts!.find(({ name }) => name === 'tls')!.readOnly).toBe(true);
  });

  it('has requests and limits, and is ready only when we say so and its agent does', () => {
    expect(container!.resources).toEqual(defaultResources);
    expect(spec.readinessGates).toEqual([{ conditionType: 'fapi.dev/app-loaded' }]);
    expect(container!.readinessProbe!.httpGet).toEqual({ path: '/readyz', port: 7080 });
    expect(container!.livenessProbe!.httpGet).toEqual({ path: '/livez', port: 7080 });
  });

  it('has a longer grace than its agent takes to drain', () => expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(30));

  it('is another one with another image', () => expect(hashRunner({ ...shape, image: 'fapi-runner:2' })).not.toBe(hashRunner(shape)));
});

describe('the ReplicaSets', () => {
  it.each(['pool', 'workbench-pool'] as const)('selects in a %s only free ones of its own kind', (role) => {
    const pool = makePool(role, shape, 3);
    expect(pool.spec!.selector.matchLabels).toEqual({ 'fapi.dev/role': role, 'fapi.dev/runner': hashRunner(shape) });
    expect(pool.spec!.template!.metadata!.labels).toMatchObject(pool.spec!.selector.matchLabels!);
    expect(pool.spec!.template!.spec!.containers[0]!.env).toContainEqual({ name: 'FAPI_POD_ROLE', value: role === 'pool' ? 'runner' : 'workbench' });
  });

  it('spreads the pods of each app, and free ones, over the nodes that there are', () => {
    const spreadOf = (set: ReturnType<typeof makeApp>) => set.spec!.template!.spec!.topologySpreadConstraints!.map(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }) => [topologyKey, whenUnsatisfiable, maxSkew, labelSelector!.matchLabels]);
    expect(spreadOf(makeApp(record, shape, 2))).toEqual([['kubernetes.io/hostname', 'ScheduleAnyway', 1, { 'fapi.dev/app': 'shop', 'fapi.dev/role': 'app' }]]);
    expect(spreadOf(makePool('pool', shape, 3))).toEqual([['kubernetes.io/hostname', 'ScheduleAnyway', 1, { 'fapi.dev/role': 'pool' }]]);
  });

  it('adopts what was claimed for an app, whatever shape that pod has', () => {
    const app = makeApp(record, shape, 2);
    expect(app.spec!.selector.matchLabels).toEqual({ 'fapi.dev/app': 'shop', 'fapi.dev/role': 'app' });
    expect(app.spec!.template!.metadata!.labels).toMatchObject(app.spec!.selector.matchLabels!);
    expect(app.metadata!.name).toBe('app-shop');
  });

  it.each([
    [record, 2, 2],
    [{ ...record, state: 'stopped' }, 2, 0],
    [{ ...record, state: 'removed' }, 2, 0],
    [{ ...record, release: { ...release, settings: { ...release.settings, exclusive: true } } }, 2, 1],
    [{ ...record, candidate: { ...release, generation: 2, settings: { ...release.settings, exclusive: true } } }, 2, 1],
    // What serves alone stays alone until the one that need not has taken its place; it may never.
    [{ ...record, release: { ...release, settings: { ...release.settings, exclusive: true } }, candidate: { ...release, generation: 2 } }, 2, 1],
  ] as [AppRecord, number, number][])('counts the pods of an app', (one, wanted, expected) => {
    expect(countReplicas(one, wanted)).toBe(expected);
  });
});

describe('what stands around an app', () => {
  it('has a Service that leads to its pods alone', () => {
    expect(makeService(record).spec).toEqual({ selector: { 'fapi.dev/app': 'shop', 'fapi.dev/role': 'app' }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] });
  });

  it('has a budget only where one of several may go', () => {
    expect([makeBudget('shop', 0), makeBudget('shop', 1)]).toEqual([undefined, undefined]);
    expect(makeBudget('shop', 2)!.spec).toMatchObject({ maxUnavailable: 1 });
  });

  it('lets nothing in and nothing out by default', () => {
    expect(makeGround().find(({ metadata }) => metadata.name === 'fapi-default-deny')!.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('gives a runner an account that may ask for nothing', () => expect(makeServiceAccount().automountServiceAccountToken).toBe(false));
});

describe('the way out', () => {
  it('of an app that was granted something leads to the egress gateway alone: to no name server, and to no address', () => {
    const { spec } = makeWayOut('shop');
    expect(spec).toEqual({
      podSelector: { matchLabels: { 'fapi.dev/app': 'shop', 'fapi.dev/role': 'app' } }, policyTypes: ['Egress'],
      egress: [{ to: [{ namespaceSelector: { matchLabels: { 'fapi.dev/control-plane': 'true' } }, podSelector: { matchLabels: { 'app.kubernetes.io/component': 'egress' } } }], ports: [{ protocol: 'TCP', port: 8443 }] }],
    });
  });

  it('is told to each pod by address; without one a pod is as it was', () => {
    const egressOf = (egress?: string) => makePodSpec('runner', { ...shape, egress }).containers[0]!.env!.find(({ name }) => name === 'FAPI_POD_EGRESS')?.value;
    expect([egressOf('10.96.3.4:8443'), egressOf()]).toEqual(['10.96.3.4:8443', undefined]);
    expect(hashRunner({ ...shape, egress: '10.96.3.4:8443' })).not.toBe(hashRunner(shape));
  });
});
