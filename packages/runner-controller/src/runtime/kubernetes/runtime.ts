import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { KubeConfig, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { abortable } from '../../abortable.ts';
import { toReason } from '../../program/to-reason.ts';
import { lookMs } from '../agent/acts.ts';
import { createCrashes } from '../agent/crashes.ts';
import { createFollower } from '../agent/follow.ts';
import { sampleMetrics } from '../agent/metrics.ts';
import { createSupplies } from '../agent/supplies.ts';
import { createTopic } from '../agent/topic.ts';
import type { FetchBundle, FetchEnvironment, Runtime, RuntimeItem } from '../runtime.ts';
import { createPodAgents } from './agents/agents.ts';
import { openCredentials } from './agents/credentials.ts';
import { createPodIdentities } from './agents/pod-identities.ts';
import { createAppPods } from './app-pods.ts';
import { createApps } from './apps.ts';
import { createBell } from './bell.ts';
import { createCare } from './tending/care.ts';
import { createCluster } from './cluster/cluster.ts';
import { createMirror } from './cluster/mirror.ts';
import { beginReign } from './cluster/reign.ts';
import type { Standby } from './cluster/standby.ts';
import { createAbandon } from './deploying/abandon.ts';
import { createDeployer } from './deploying/deploy.ts';
import { createGate } from './deploying/gate.ts';
import { createSurroundings, layGround, sweep } from './ground.ts';
import { label, ours } from './objects/labels.ts';
import { defaultResources, type RunnerShape } from './objects/pod.ts';
import { listGrants, readRecord } from './objects/record.ts';
import { createPool } from './pool.ts';
import { createSights } from './sights.ts';
import { KubernetesStartError } from './start-error.ts';
import { createTrials } from './tending/trials.ts';
import { createUpkeep } from './tending/upkeep.ts';
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
  /** Through which visitors come, and under which suffix; a switch is seen from there as well when it is given. */
  gateway?: { url: string; suffix: string } | undefined;
  /** `ADDRESS:PORT` of the egress gateway, through which apps are connected; without it nothing can be granted. */
  egress?: string | undefined;
  fetchBundle: FetchBundle;
  fetchEnvironment: FetchEnvironment;
  logger: Logger;
  /** Waits until no other controller acts. Absent: takes over from whoever does. */
  standby?: Standby;
  shape?: Partial<RunnerShape>;
  /** How long an agent's identity for the egress gateway is good; it is given the next one after half of that. */
  identityTermMs?: number;
  /** How long a workbench is kept that nobody uses. */
  workbenchIdleMs?: number;
  /** How long a free workbench is waited for. */
  workbenchWaitMs?: number;
  /** How long a pod is waited for, before the wait is told and begun anew. */
  reachMs?: number;
  /** How often everything is listed again, watch or no watch. */
  resyncMs?: number;
  tickMs?: number;
  now?: () => Date;
  /** Told of every call to the API: the Role of the controller has just these verbs. */
  onCall?: (verb: string, resource: string) => void;
}

export interface KubernetesRuntime extends Runtime {
  /** Resolves with a sentence when another controller has taken over: nothing is done here any more. */
  readonly over: Promise<string>;
}

const waitingLimit = 10_000;

/** Apps on Kubernetes: pods that have started all that apps share are claimed, and given their app by us. What is known of an app is in the cluster and its agents: the next controller reads it there. */
export async function createKubernetesRuntime(options: KubernetesRuntimeOptions): Promise<KubernetesRuntime> {
  const { namespace, replicas, logger, now = () => new Date(), reachMs = 25_000, resyncMs = 300_000, tickMs = 10_000 } = options;
  const shape: RunnerShape = { resources: defaultResources, ...options.shape, image: options.image, egress: options.egress };
  const cluster = createCluster(options);
  const stop = new AbortController();
  const bell = createBell();
  const changes = createTopic<string>(waitingLimit);
  const items = createTopic<RuntimeItem>(waitingLimit);
  const crashes = createCrashes(now);
  const supplies = createSupplies(options);

  const reign = await begin(() => beginReign(cluster, { ...options, holder: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}` }), namespace);
  const credentials = await begin(async () => {
    await layGround(cluster);
    return openCredentials(cluster, now);
  }, namespace).catch(async (error: unknown) => {
    await reign.close();
    throw error;
  });

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
  const identities = options.egress === undefined ? undefined : createPodIdentities({ credentials, reign, logger, termMs: options.identityTermMs ?? 86_400_000 });
  const surroundings = createSurroundings(cluster, replicas);
  const apps = createApps({ cluster, sets, reign, shape, replicas });
  const appPods = createAppPods({ cluster, reign, pods, sets, agents, bell, reachMs });
  const openGate = createGate(cluster, pods, now);
  const care = createCare({ apps, pods, agents, identities, openGate, logger, signal: stop.signal });
  const shared = { cluster, pods, sets, agents, shape, epoch: reign.epoch, now };
  const pool = createPool({ ...shared, from: 'pool', to: 'app', ...options.pool });
  const benchPool = createPool({ ...shared, from: 'workbench-pool', to: 'workbench', min: options.workbenches, max: options.workbenches * 2 });
  const workbenches = createWorkbenches({ ...shared, pool: benchPool, bell, idleMs: options.workbenchIdleMs ?? 600_000, waitMs: options.workbenchWaitMs ?? 10_000 });
  const deployer = createDeployer({ cluster, reign, apps, pods, appPods, identities, pool, supplies, shape, openGate, surroundings, replicas, logger });
  const abandon = createAbandon({ cluster, apps, pods, appPods, written: deployer.written, shape, surroundings, logger });
  const sights = createSights({ namespace, gateway: options.gateway, reign, apps, pods, agents, appPods, crashes });
  const trials = createTrials({ workbenches, appPods, deployer });

  await begin(async () => {
    await abortable(Promise.all([pods.synced, sets.synced]), AbortSignal.timeout(30_000));
    await Promise.all([pool.assure(), benchPool.assure()]);
  }, namespace).catch(async (error: unknown) => {
    stop.abort();
    await agents.close();
    await reign.close();
    throw error;
  });
  const ticking = keepTicking(async () => {
    if (reign.problem() !== undefined) return;
    await Promise.all([pool.assure(), benchPool.assure(), workbenches.sweep()]);
    await sweep(cluster, pods, sets, now());
    const connecting = apps.all().filter((record) => record.state === 'live' && listGrants(record).length > 0);
    await Promise.all(connecting.flatMap(({ appId }) => appPods.linksOf(appId).map((link) => identities?.assure(appId, link))));
  }, tickMs, logger, stop.signal);
  const upkeep = createUpkeep({ cluster, reign, apps, isWriting: deployer.isWriting, surroundings, resyncMs, signal: stop.signal });
  const keeping = keepTicking(async () => {
    if (reign.problem() === undefined) await upkeep();
  }, tickMs, logger, stop.signal);
  void items.heard.then(() => sampleMetrics(async () => (await Promise.all(sights.linksIn('app').map((link) => link.ask('metrics', {}, { timeoutMs: lookMs }).catch(() => ({ apps: [] }))))).flatMap((answer) => answer.apps), items.tell, stop.signal));

  return {
    over: reign.over,
    assertInCharge: reign.assert,
    describe: sights.describe,
    observe: sights.observe,
    ...trials,
    prepare: (wanted, signal) => abortable(deployer.prepare(wanted, signal), signal),
    activate: (wanted, signal) => abortable(deployer.activate(wanted, signal), signal),
    abandon: (wanted, signal) => abortable(abandon(wanted, signal), signal),
    verify: sights.verify,
    async applySettings(appId, settings) {
      const record = apps.find(appId);
      if (record?.state !== 'live') return;
      await Promise.all([
        ...appPods.linksOf(appId).map((link) => link.acts.applySettings(appId, settings)),
        apps.update(appId, (known) => known && { ...known, ...(known.release ? { release: { ...known.release, settings: { ...settings, exclusive: known.release.settings.exclusive } } } : {}) }),
      ]);
    },
    async stop(appId, generation, { isHidden }) {
      await deployer.end(appId, generation, { state: isHidden ? 'hidden' : 'stopped' });
    },
    async remove(appId, generation) {
      // What an interrupted removal leaves behind the upkeep finds.
      if (await deployer.end(appId, generation, { state: 'removed', removedAt: now().toISOString() })) await surroundings.clear(appId);
      crashes.forget(appId);
    },
    usage: sights.usage,
    changes: (signal) => changes.listen(signal),
    items: (signal) => items.listen(signal),
    problem: () => reign.problem() ?? pods.problem() ?? sets.problem(),
    async close() {
      stop.abort();
      await Promise.all([agents.close(), pods.ended, sets.ended, care.drained(), ticking, keeping]);
      // Last: the next one begins at this very moment.
      await reign.close();
    },
  };
}

/** Free ones stand under their role, all others under role and app. */
const keyOfPod = ({ metadata }: V1Pod): string | undefined => {
  const role = metadata?.labels?.[label.role];
  const app = metadata?.labels?.[label.app];
  return role === undefined ? undefined : app === undefined ? role : `${role} ${app}`;
};

async function begin<T>(work: () => Promise<T>, namespace: string): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new KubernetesStartError(`The cluster cannot be used for apps in namespace ${namespace}: ${toReason(cause)}.`, { cause });
  }
}

async function keepTicking(work: () => Promise<void>, everyMs: number, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await work().catch((error: unknown) => logger.warn({ reason: toReason(error) }, 'the housekeeping of the cluster failed'));
  }
}
