import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { KubeConfig, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { abortable } from '../../abortable.ts';
import { toBareHost } from '../../program/to-bare-host.ts';
import { toReason } from '../../program/to-reason.ts';
import { lookMs } from '../agent/acts.ts';
import { askIdentity } from '../agent/ask-identity.ts';
import { createCrashes } from '../agent/crashes.ts';
import { createFollower } from '../agent/follow.ts';
import { sampleMetrics } from '../agent/metrics.ts';
import { createSupplies } from '../agent/supplies.ts';
import { createTopic } from '../agent/topic.ts';
import { type AppUse, type FetchBundle, type FetchEnvironment, type Runtime, type RuntimeItem, RuntimeUnavailableError } from '../runtime.ts';
import { createPodAgents } from './agents/agents.ts';
import { openCredentials } from './agents/credentials.ts';
import { createPodIdentities } from './agents/pod-identities.ts';
import type { PodLink } from './agents/pod-link.ts';
import { createApps } from './apps.ts';
import { createBell } from './bell.ts';
import { createCare } from './care.ts';
import { createCluster } from './cluster/cluster.ts';
import { createMirror } from './cluster/mirror.ts';
import { beginReign } from './cluster/reign.ts';
import type { Standby } from './cluster/standby.ts';
import { createDeployer } from './deploy.ts';
import { createGate } from './gate.ts';
import { clear, layGround, sweep } from './ground.ts';
import { label, ours, ports, type Role } from './objects/labels.ts';
import { defaultResources, type RunnerShape } from './objects/pod.ts';
import { listGrants, readRecord } from './objects/record.ts';
import { explainPods, isStaying, toObserved } from './observe.ts';
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
/** Shorter than whoever asks how it is waits. */
const presenceMs = 900;

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
  const apps = createApps({ cluster, sets, reign, shape, replicas });
  const openGate = createGate(cluster, pods, now);
  const care = createCare({ apps, pods, agents, identities, openGate, logger, signal: stop.signal });
  const shared = { cluster, pods, sets, agents, shape, epoch: reign.epoch, now };
  const pool = createPool({ ...shared, from: 'pool', to: 'app', ...options.pool });
  const benchPool = createPool({ ...shared, from: 'workbench-pool', to: 'workbench', min: options.workbenches, max: options.workbenches * 2 });
  const workbenches = createWorkbenches({ ...shared, pool: benchPool, bell, idleMs: options.workbenchIdleMs ?? 600_000, waitMs: options.workbenchWaitMs ?? 10_000 });

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
    await Promise.all(connecting.flatMap(({ appId }) => deployer.linksOf(appId).map((link) => identities?.assure(appId, link))));
  }, tickMs, logger, stop.signal);
  void items.heard.then(() => sampleMetrics(async () => (await Promise.all(listLinks('app').map((link) => link.ask('metrics', {}, { timeoutMs: lookMs }).catch(() => ({ apps: [] }))))).flatMap((answer) => answer.apps), items.tell, stop.signal));

  const listLinks = (role: Role): PodLink[] => [...pods.all()].filter((pod) => pod.metadata?.labels?.[label.role] === role && isStaying(pod)).flatMap((pod) => agents.of(pod) ?? []);
  const deployer = createDeployer({ ...shared, identities, openGate, reign, apps, pool, supplies, bell, replicas, reachMs, logger });
  const { podsOf, linksOf, reach } = deployer;
  /** Where files are checked: nothing of them is run, so any agent of this app will do. */
  const findChecker = async (appId: string, signal: AbortSignal): Promise<PodLink> => {
    const bench = workbenches.find(appId);
    if (bench) return bench;
    // One that is just being made is waited for: a workbench is for whoever edits.
    return (await deployer.placed(appId)) || podsOf(appId).length > 0 ? (await reach(appId, signal))[0]! : workbenches.open(appId, signal);
  };

  return {
    over: reign.over,
    assertInCharge: reign.assert,
    async describe() {
      reign.assert();
      const links = (['app', 'pool', 'workbench', 'workbench-pool'] as const).flatMap(listLinks).slice(0, 3);
      const asked = links.map(async (link) => {
        await link.ask('has', { digest: 'sha256:none' }, { timeoutMs: presenceMs });
        return link.hello()!;
      });
      const { isolation, python, stack, packages } = await Promise.any(asked).catch(() => {
        throw new RuntimeUnavailableError(`no agent in namespace ${namespace} answers: ${explainPods([...pods.all()], undefined) ?? 'there are no pods yet'}`);
      });
      return { kind: 'kubernetes', isolation, python, stack, packages };
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
      const looks = await Promise.allSettled(links.map(async ({ pod, link }) => ({ pod, state: await link.acts.stateOf(appId) })));
      reign.assert();
      // A node that is gone does not hide what the others say.
      const sights = looks.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []));
      const failed = looks.find((look): look is PromiseRejectedResult => look.status === 'rejected');
      if (sights.length === 0 && failed) throw failed.reason;
      return toObserved(record, sights, staying, crashes.lastOf(appId));
    },
    validate: async (wanted, signal, how) => (await findChecker(wanted.appId, signal)).acts.validate(wanted, signal, how),
    dryImport: async (wanted, editing, signal) => (await workbenches.open(wanted.appId, signal)).acts.dryImport(wanted, editing, signal),
    async openLanguage(wanted, signal) {
      const link = await (await workbenches.open(wanted.appId, signal)).acts.openLanguage(wanted, signal);
      return {
        ...link,
        [Symbol.asyncIterator]: link[Symbol.asyncIterator],
        send(text) {
          // Whoever edits uses the workbench: it is not taken away meanwhile.
          workbenches.find(wanted.appId);
          link.send(text);
        },
      };
    },
    test: async (wanted, tests, signal) => (await workbenches.open(wanted.appId, signal)).acts.test(wanted, tests, signal),
    convert: async (wanted, signal) => (await workbenches.open(wanted.appId, signal)).acts.convert(wanted, signal),
    prepare: (wanted, signal) => abortable(deployer.prepare(wanted, signal), signal),
    activate: (wanted, signal) => abortable(deployer.activate(wanted, signal), signal),
    async verify({ appId, host }, signal) {
      const ask = (address: string, port: number, hostHeader: string) => askIdentity({ address, port, hostHeader, timeoutMs: 5_000, signal });
      const answers = await Promise.all((await reach(appId, signal)).map((link) => ask(link.host, ports.app, host)));
      if (options.gateway) {
        const { hostname: address, port } = new URL(options.gateway.url);
        answers.push(await ask(toBareHost(address), Number(port || 80), `${host}.${options.gateway.suffix}`));
      }
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
      await deployer.end(appId, generation, { state: isHidden ? 'hidden' : 'stopped' });
    },
    async remove(appId, generation) {
      if (await deployer.end(appId, generation, { state: 'removed', removedAt: now().toISOString() })) await clear(cluster, appId);
      crashes.forget(appId);
    },
    async usage(appId) {
      reign.assert();
      const asked = linksOf(appId).map((link) => link.acts.usage(appId));
      // Each pod has the whole limit, and a folder of its own.
      const told = (await Promise.allSettled(asked)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const most = (name: keyof AppUse): number | undefined => told.flatMap((one) => one[name] ?? []).toSorted((a, b) => b - a)[0];
      return { memoryBytes: most('memoryBytes'), folderBytes: most('folderBytes') };
    },
    changes: (signal) => changes.listen(signal),
    items: (signal) => items.listen(signal),
    problem: () => reign.problem() ?? pods.problem() ?? sets.problem(),
    async close() {
      stop.abort();
      await Promise.all([agents.close(), pods.ended, sets.ended, care.drained(), ticking]);
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
const isRunning = ({ status }: V1Pod): boolean => status?.phase === 'Running' && (status.containerStatuses?.some(({ state }) => state?.running !== undefined) ?? false);

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
