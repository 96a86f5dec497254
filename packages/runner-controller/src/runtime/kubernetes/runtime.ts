import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { KubeConfig, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { abortable } from '../../abortable.ts';
import { lookMs } from '../agent/acts.ts';
import { hasRefused } from '../agent/ask.ts';
import { askIdentity } from '../agent/ask-identity.ts';
import { createCrashes } from '../agent/crashes.ts';
import { createFollower } from '../agent/follow.ts';
import { sampleMetrics } from '../agent/metrics.ts';
import { createSupplies } from '../agent/supplies.ts';
import { createTopic } from '../agent/topic.ts';
import { type FetchBundle, type FetchEnvironment, type Runtime, type RuntimeItem, RuntimeUnavailableError, type Wanted } from '../runtime.ts';
import { createPodAgents } from './agents.ts';
import { createApps, assertNotStale } from './apps.ts';
import { createBell } from './bell.ts';
import { createCare } from './care.ts';
import { createCluster } from './cluster/cluster.ts';
import { beginReign } from './cluster/epoch.ts';
import { createMirror } from './cluster/mirror.ts';
import { openCredentials } from './credentials.ts';
import { openGate } from './gate.ts';
import { clear, layGround, surround, sweep } from './ground.ts';
import { label, ours, ports, type Role } from './objects/labels.ts';
import { toAppName, toLabel } from './objects/names.ts';
import { defaultResources, type RunnerShape } from './objects/pod.ts';
import { type AppRecord, readRecord, toRelease } from './objects/record.ts';
import { countReplicas } from './objects/resources.ts';
import { explainPods, toObserved } from './observe.ts';
import type { PodLink } from './pod-link.ts';
import { createPool } from './pool.ts';
import { KubernetesStartError } from './start-error.ts';
import { createWorkbenches } from './workbench.ts';

export interface KubernetesRuntimeOptions {
  config: KubeConfig;
  namespace: string;
  image: string;
  /** Free runners while nothing happens, and at most after many were taken at once. */
  pool: { min: number; max: number };
  /** Free workbenches. */
  workbenches: number;
  /** Pods of each app; one that is exclusive has one. */
  replicas: number;
  fetchBundle: FetchBundle;
  fetchEnvironment: FetchEnvironment;
  logger: Logger;
  shape?: Partial<RunnerShape>;
  /** How long a workbench is kept that nobody uses. */
  workbenchIdleMs?: number;
  /** How long a pod is waited for, before the wait is told and begun anew. */
  reachMs?: number;
  /** How often everything is listed again, watch or no watch. */
  resyncMs?: number;
  tickMs?: number;
  now?: () => Date;
  /** Told of every call to the API: the Role of the controller has just these verbs. */
  onCall?: (verb: string, resource: string) => void;
}

const waitingLimit = 10_000;
/** Shorter than whoever asks how it is waits. */
const presenceMs = 900;

/** Apps on Kubernetes: pods that have started all that apps share are claimed, and given their app by us. What is known of an app is in the cluster and its agents: the next controller reads it there. */
export async function createKubernetesRuntime(options: KubernetesRuntimeOptions): Promise<Runtime> {
  const { namespace, replicas, logger, now = () => new Date(), reachMs = 25_000, resyncMs = 300_000, tickMs = 10_000 } = options;
  const shape: RunnerShape = { resources: defaultResources, ...options.shape, image: options.image };
  const cluster = createCluster(options);
  const stop = new AbortController();
  const bell = createBell();
  const changes = createTopic<string>(waitingLimit);
  const items = createTopic<RuntimeItem>(waitingLimit);
  const crashes = createCrashes(now);
  const supplies = createSupplies(options);

  const { reign, credentials } = await begin(async () => {
    const begun = await beginReign(cluster, `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`);
    await layGround(cluster);
    return { reign: begun, credentials: await openCredentials(cluster, now) };
  }, namespace);

  /** Something may be different with this app, or with whoever waits for it. */
  const tell = (appId: string): void => {
    changes.tell(appId);
    care.look(appId);
    bell.ring();
  };
  const appOf = (object: V1Pod | V1ReplicaSet | undefined): string | undefined => {
    const key = object?.metadata?.labels?.[label.app];
    const set = key === undefined ? undefined : sets.get(`app-${key}`);
    return set && readRecord(set)?.appId;
  };
  const onChange = (now: V1Pod | V1ReplicaSet | undefined, before: V1Pod | V1ReplicaSet | undefined): void => {
    const appId = appOf(now ?? before);
    if (appId !== undefined) tell(appId);
    else bell.ring();
  };
  const follow = { resyncMs, logger, labels: ours, signal: stop.signal };
  const sets = createMirror<V1ReplicaSet>(cluster, { ...follow, kind: 'ReplicaSet', keyOf: () => undefined, onChange });
  const pods = createMirror<V1Pod>(cluster, {
    ...follow, kind: 'Pod', keyOf: keyOfPod,
    onChange(pod, before) {
      agents.note(pod, before);
      onChange(pod, before);
    },
  });
  const agents = createPodAgents({
    credentials, reign, supplies, logger,
    makeFollower: () => createFollower({ changes: { ...changes, tell }, items, crashes }),
    onChange: (name) => onChange(pods.get(name), undefined),
  });
  const apps = createApps({ cluster, sets, reign, shape, replicas });
  const care = createCare({ apps, pods, agents, cluster, now, logger, signal: stop.signal });
  const shared = { cluster, pods, sets, agents, shape, now };
  const pool = createPool({ ...shared, from: 'pool', to: 'app', ...options.pool });
  const benchPool = createPool({ ...shared, from: 'workbench-pool', to: 'workbench', min: options.workbenches, max: options.workbenches * 2 });
  const workbenches = createWorkbenches({ ...shared, pool: benchPool, bell, idleMs: options.workbenchIdleMs ?? 600_000 });

  await begin(async () => {
    await abortable(Promise.all([pods.synced, sets.synced]), AbortSignal.timeout(30_000));
    await Promise.all([pool.assure(), benchPool.assure()]);
  }, namespace).catch(async (error: unknown) => {
    stop.abort();
    await agents.close();
    throw error;
  });
  const ticking = keepTicking(async () => {
    if (reign.problem() !== undefined) return;
    await Promise.all([pool.assure(), benchPool.assure(), workbenches.sweep()]);
    await sweep(cluster, pods, sets, now());
  }, tickMs, logger, stop.signal);
  void items.heard.then(() => sampleMetrics(async () => (await Promise.all(listLinks('app').map((link) => link.ask('metrics', {}, { timeoutMs: lookMs }).catch(() => ({ apps: [] }))))).flatMap((answer) => answer.apps), items.tell, stop.signal));

  const listLinks = (role: Role): PodLink[] => [...pods.all()].filter((pod) => pod.metadata?.labels?.[label.role] === role && isStaying(pod)).flatMap((pod) => agents.of(pod) ?? []);
  const podsOf = (appId: string): V1Pod[] => pods.of(`app ${toLabel(appId)}`).filter(isStaying);
  const linksOf = (appId: string): PodLink[] => podsOf(appId).flatMap((pod) => agents.of(pod) ?? []);
  /** The agents of an app that answer: one at least. A node that is gone does not keep the others from being asked. */
  const reach = async (appId: string, signal: AbortSignal): Promise<PodLink[]> => {
    const found = await bell.until(() => {
      reign.assert();
      const links = linksOf(appId);
      return links.length > 0 ? links : undefined;
    }, reachMs, signal);
    if (found) return found;
    const [pod] = podsOf(appId);
    const words = explainPods(podsOf(appId), sets.get(toAppName(appId))) ?? (pod ? `the agent of pod ${pod.metadata?.name} does not answer yet` : 'none has been started');
    throw new RuntimeUnavailableError(`no pod of the app answers after ${reachMs / 1_000} s: ${words}`);
  };
  /** Takes free pods for an app that has none; says how it went. */
  const claim = async (record: Pick<AppRecord, 'appId'>, count: number): Promise<'warm' | 'cold'> => {
    for (let n = 0; n < count; n++) if (!(await pool.claim(record.appId))) return n > 0 ? 'warm' : 'cold';
    return 'warm';
  };
  /** One claim for an app at a time: a verdict that needs a pod waits for the one that is being claimed. */
  const preparing = new Map<string, Promise<unknown>>();

  const settleDown = async (wanted: Wanted, signal: AbortSignal): Promise<{ note?: string }> => {
    await reign.confirm(signal);
    const before = apps.find(wanted.appId);
    assertNotStale(before, wanted.generation);
    // Nothing is claimed for what cannot be given.
    await supplies.environment(wanted, 'live', signal);
    const isBare = podsOf(wanted.appId).length === 0;
    if (isBare) await supplies.bundle(wanted.bundleSha256, signal);
    const record = (former: AppRecord | undefined): Omit<AppRecord, 'epoch'> => {
      assertNotStale(former, wanted.generation);
      const { appId, host, generation } = wanted;
      // Prepared once more while it serves: there is no other candidate then.
      const candidate = former?.release?.generation === generation ? undefined : toRelease(wanted);
      return { ...(former?.state === 'removed' ? {} : former), appId, host, generation, state: 'live', candidate, removedAt: undefined };
    };
    const wish = { ...record(before), epoch: reign.epoch };
    const count = countReplicas(wish, replicas);
    // A set that is to have no pods would end a claimed one at once; one that is not there yet adopts it.
    const isAsleep = before !== undefined && before.state !== 'live';
    let start: 'warm' | 'cold' | undefined;
    if (isBare && !before) start = await claim(wanted, count);
    const [after] = await Promise.all([apps.update(wanted.appId, record), surround(cluster, wish, before, replicas)]);
    if (isBare && isAsleep) start = await claim(wanted, count);
    if (start !== undefined) void pool.assure().catch((error: unknown) => logger.warn({ reason: String(error) }, 'the pool could not be resized'));
    logger.debug({ appId: wanted.appId, generation: after?.generation, start }, 'an app has its place');
    return start === 'cold' ? { note: 'no warm runner was free: a new one is started' } : {};
  };
  const prepare = async (wanted: Wanted, signal: AbortSignal): Promise<{ durationMs: number; note?: string }> => {
    const startedAt = performance.now();
    const settling = settleDown(wanted, signal);
    preparing.set(wanted.appId, settling);
    const { note } = await settling.finally(() => {
      if (preparing.get(wanted.appId) === settling) preparing.delete(wanted.appId);
    });
    const links = await reach(wanted.appId, signal);
    await Promise.all(links.map((link) => link.acts.prepare(wanted, signal)));
    return { durationMs: performance.now() - startedAt, ...(note === undefined ? {} : { note }) };
  };
  /** One first: what fails there is never started anywhere else. */
  const activate = async (wanted: Wanted, signal: AbortSignal): Promise<{ durationMs: number }> => {
    const startedAt = performance.now();
    await reign.confirm(signal);
    const before = apps.find(wanted.appId);
    assertNotStale(before, wanted.generation);
    const [first, ...others] = await reach(wanted.appId, signal);
    await first!.acts.activate(wanted, signal);
    const results = await Promise.allSettled(others.map((link) => link.acts.activate(wanted, signal)));
    // A pod that came in between has nothing prepared: it is given its app like any new one.
    const failed = results.find((result): result is PromiseRejectedResult => result.status === 'rejected' && !hasRefused(result.reason, 'unprepared') && !hasRefused(result.reason, 'unknown_app'));
    if (failed) {
      const served = [first!, ...others.filter((_link, at) => results[at]!.status === 'fulfilled')];
      await Promise.all(served.map((link) => link.ask('rollback', { appId: wanted.appId, generation: wanted.generation }).catch(() => undefined)));
      throw failed.reason;
    }
    const served = [first!, ...others.filter((_link, at) => results[at]!.status === 'fulfilled')];
    const [after] = await Promise.all([
      apps.update(wanted.appId, (record) => {
        assertNotStale(record, wanted.generation);
        if (!record) throw new RuntimeUnavailableError(`app ${wanted.appId} is gone from the cluster`);
        const isSame = record.release?.generation === wanted.generation;
        return { ...record, generation: wanted.generation, candidate: undefined, release: toRelease(wanted), former: isSame ? record.former : record.release };
      }),
      ...served.map((link) => openGate(cluster, pods, link.pod, now())),
    ]);
    if (after && JSON.stringify(before?.release?.egress ?? []) !== JSON.stringify(wanted.egress)) await surround(cluster, after, before, replicas);
    return { durationMs: performance.now() - startedAt };
  };
  /** No pods from now on; what is kept of the app is its record. */
  const end = async (appId: string, generation: number, how: { state: AppRecord['state']; removedAt?: string }): Promise<boolean> => {
    await reign.confirm();
    const record = await apps.update(appId, (former) => {
      assertNotStale(former, generation);
      if (!former || former.state === 'removed') return undefined;
      return { ...former, generation, ...how, candidate: undefined, ...(how.state === 'removed' ? { release: undefined, former: undefined } : {}) };
    });
    if (!record) return false;
    // By name, so that nobody is given to a pod that the cluster is about to end.
    for (const pod of podsOf(appId)) {
      const ending = await cluster.remove<V1Pod>('Pod', pod.metadata!.name!);
      if (ending?.kind === 'Pod') pods.note(ending);
    }
    return true;
  };
  /** Where files are checked: nothing of them is run, so any agent of this app will do. */
  const findChecker = async (appId: string, signal: AbortSignal): Promise<PodLink> => {
    const bench = workbenches.find(appId);
    if (bench) return bench;
    await preparing.get(appId)?.catch(() => undefined);
    return podsOf(appId).length > 0 ? (await reach(appId, signal))[0]! : workbenches.open(appId, signal);
  };

  return {
    async describe() {
      reign.assert();
      const links = (['app', 'pool', 'workbench', 'workbench-pool'] as const).flatMap(listLinks).slice(0, 3);
      const asked = links.map(async (link) => {
        await link.ask('has', { digest: 'sha256:none' }, { timeoutMs: presenceMs });
        return link.hello()!;
      });
      const { isolation, python, stack } = await Promise.any(asked).catch(() => {
        throw new RuntimeUnavailableError(`no agent in namespace ${namespace} answers: ${explainPods([...pods.all()], undefined) ?? 'there are no pods yet'}`);
      });
      return { kind: 'kubernetes', isolation, python, stack };
    },
    async observe(appId) {
      reign.assert();
      const record = apps.find(appId);
      if (!record) return undefined;
      const staying = record.state === 'live' ? podsOf(appId) : [];
      const links = staying.flatMap((pod) => agents.of(pod)?.acts ? [{ pod, link: agents.of(pod)! }] : []);
      // It may serve, and only we have not reached it yet.
      const unknown = staying.find((pod) => agents.of(pod) === undefined && isRunning(pod));
      if (links.length === 0 && unknown) throw new RuntimeUnavailableError(`the agent of pod ${unknown.metadata?.name} is being reached`);
      const sights = await Promise.all(links.map(async ({ pod, link }) => ({ pod, state: await link.acts.stateOf(appId) })));
      return toObserved(record, sights, staying, crashes.lastOf(appId));
    },
    validate: async (wanted, signal) => (await findChecker(wanted.appId, signal)).acts.validate(wanted, signal),
    dryImport: async (wanted, editing, signal) => (await workbenches.open(wanted.appId, signal)).acts.dryImport(wanted, editing, signal),
    test: async (wanted, tests, signal) => (await workbenches.open(wanted.appId, signal)).acts.test(wanted, tests, signal),
    prepare: (wanted, signal) => abortable(prepare(wanted, signal), signal),
    activate: (wanted, signal) => abortable(activate(wanted, signal), signal),
    async verify({ appId, host }, signal) {
      const answers = await Promise.all((await reach(appId, signal)).map((link) => askIdentity({ address: link.host, port: ports.app, hostHeader: host, timeoutMs: 5_000, signal })));
      // The oldest one says whether all have switched.
      return answers.toSorted((a, b) => a.generation - b.generation)[0]!;
    },
    async applySettings(appId, settings) {
      const record = apps.find(appId);
      if (record?.state !== 'live') return;
      await Promise.all([
        ...linksOf(appId).map((link) => link.acts.applySettings(appId, settings)),
        apps.update(appId, (known) => known && { ...known, ...(known.release ? { release: { ...known.release, settings: { ...settings, exclusive: known.release.settings.exclusive } } } : {}) }),
      ]);
    },
    async stop(appId, generation, { isHidden }) {
      await end(appId, generation, { state: isHidden ? 'hidden' : 'stopped' });
    },
    async remove(appId, generation) {
      if (await end(appId, generation, { state: 'removed', removedAt: now().toISOString() })) await clear(cluster, appId);
      crashes.forget(appId);
    },
    changes: (signal) => changes.listen(signal),
    items: (signal) => items.listen(signal),
    problem: () => reign.problem() ?? pods.problem() ?? sets.problem(),
    async close() {
      stop.abort();
      await Promise.all([agents.close(), pods.ended, sets.ended, care.drained(), ticking]);
    },
  };
}

/** Free ones stand under their role, all others under role and app. */
const keyOfPod = ({ metadata }: V1Pod): string | undefined => {
  const role = metadata?.labels?.[label.role];
  const app = metadata?.labels?.[label.app];
  return role === undefined ? undefined : app === undefined ? role : `${role} ${app}`;
};
const isStaying = ({ metadata, status }: V1Pod): boolean => !metadata?.deletionTimestamp && status?.phase !== 'Failed' && status?.phase !== 'Succeeded';
const isRunning = ({ status }: V1Pod): boolean => status?.phase === 'Running' && (status.containerStatuses?.some(({ state }) => state?.running !== undefined) ?? false);

async function begin<T>(work: () => Promise<T>, namespace: string): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new KubernetesStartError(`The cluster cannot be used for apps in namespace ${namespace}: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  }
}

async function keepTicking(work: () => Promise<void>, everyMs: number, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await work().catch((error: unknown) => logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the housekeeping of the cluster failed'));
  }
}
