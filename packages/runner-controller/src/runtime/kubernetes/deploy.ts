import type { V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { StageNote } from '@fapi/sdk/contract';
import type { Logger } from 'pino';
import { hasRefused } from '../agent/ask.ts';
import type { Supplies } from '../agent/supplies.ts';
import { RuntimeUnavailableError, type Wanted } from '../runtime.ts';
import type { PodAgents } from './agents/agents.ts';
import type { PodIdentities } from './agents/pod-identities.ts';
import type { PodLink } from './agents/pod-link.ts';
import { type Apps, assertNotStale } from './apps.ts';
import type { Bell } from './bell.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Reign } from './cluster/reign.ts';
import type { Mirror } from './cluster/mirror.ts';
import { fitPods } from './fit.ts';
import type { OpenGate } from './gate.ts';
import { surround } from './ground.ts';
import { toAppName, toLabel } from './objects/names.ts';
import type { RunnerShape } from './objects/pod.ts';
import { type AppRecord, toRelease } from './objects/record.ts';
import { countReplicas, makeService } from './objects/resources.ts';
import { explainPods, isStaying } from './observe.ts';
import type { Pool } from './pool.ts';

/** Gives apps their pods, and pods their apps. */
export interface Deployer {
  podsOf(appId: string): V1Pod[];
  /** The agents of an app that answer now. */
  linksOf(appId: string): PodLink[];
  /** The same, one at least. Rejects with `RuntimeUnavailableError`, in the cluster's words, when there is none in time. */
  reach(appId: string, signal: AbortSignal): Promise<PodLink[]>;
  /** Resolves when no pod is being claimed for this app. */
  placed(appId: string): Promise<void>;
  prepare(wanted: Wanted, signal: AbortSignal): Promise<{ durationMs: number; note?: StageNote }>;
  activate(wanted: Wanted, signal: AbortSignal): Promise<{ durationMs: number }>;
  /** No pods from now on; what is kept of the app is its record. False when it was not there. */
  end(appId: string, generation: number, how: { state: AppRecord['state']; removedAt?: string }): Promise<boolean>;
}

export interface DeployerOptions { cluster: Cluster; reign: Reign; apps: Apps; pods: Mirror<V1Pod>; sets: Mirror<V1ReplicaSet>; agents: PodAgents; identities: PodIdentities | undefined; pool: Pool; supplies: Supplies; bell: Bell; shape: RunnerShape; openGate: OpenGate; replicas: number; reachMs: number; logger: Logger }

export function createDeployer({ cluster, reign, apps, pods, sets, agents, identities, pool, supplies, bell, shape, openGate, replicas, reachMs, logger }: DeployerOptions): Deployer {
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

  const settleDown = async (wanted: Wanted, signal: AbortSignal): Promise<{ note?: StageNote }> => {
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
    const unfit = after ? await fitPods(cluster, pods, podsOf(wanted.appId), after, shape, logger) : [];
    // Nobody is served by it yet: another one is made as it is to be. One that serves is never ended for this.
    if (isBare && unfit.length > 0) {
      await endPods(unfit);
      start = 'cold';
    }
    if (start !== undefined) void pool.assure().catch((error: unknown) => logger.warn({ reason: String(error) }, 'the pool could not be resized'));
    logger.debug({ appId: wanted.appId, generation: after?.generation, start }, 'an app has its place');
    return start === 'cold' ? { note: 'cold_start' } : {};
  };
  const prepare: Deployer['prepare'] = async (wanted, signal) => {
    const startedAt = performance.now();
    const settling = settleDown(wanted, signal);
    preparing.set(wanted.appId, settling);
    const { note } = await settling.finally(() => {
      if (preparing.get(wanted.appId) === settling) preparing.delete(wanted.appId);
    });
    const links = await reach(wanted.appId, signal);
    await Promise.all(links.map(async (link) => {
      // Before any code of it runs: it may connect while it starts.
      if (wanted.egress.length > 0) await identities?.assure(wanted.appId, link);
      return link.acts.prepare(wanted, signal);
    }));
    return { durationMs: performance.now() - startedAt, ...(note === undefined ? {} : { note }) };
  };
  /** A pod that came in between has nothing prepared: it is given its app like any new one. */
  const cameBetween = (error: unknown): boolean => hasRefused(error, 'unprepared') || hasRefused(error, 'unknown_app');
  /** Of those that have it prepared, the first one that may be asked: who came in between is passed over, unless there is nobody else. */
  const activateFirst = async (wanted: Wanted, links: readonly PodLink[], signal: AbortSignal): Promise<{ first: PodLink; others: readonly PodLink[] }> => {
    for (const [at, first] of links.entries()) {
      try {
        await first.acts.activate(wanted, signal);
        return { first, others: links.slice(at + 1) };
      } catch (error) {
        if (at === links.length - 1 || !cameBetween(error)) throw error;
      }
    }
    throw new RuntimeUnavailableError(`app ${wanted.appId} has no pods`);
  };
  /** One first: what fails there is never started anywhere else. */
  const activate: Deployer['activate'] = async (wanted, signal) => {
    const startedAt = performance.now();
    await reign.confirm(signal);
    const before = apps.find(wanted.appId);
    assertNotStale(before, wanted.generation);
    const { first, others } = await activateFirst(wanted, await reach(wanted.appId, signal), signal);
    const results = await Promise.allSettled(others.map((link) => link.acts.activate(wanted, signal)));
    const failed = results.find((result): result is PromiseRejectedResult => result.status === 'rejected' && !cameBetween(result.reason));
    const served = [first, ...others.filter((_link, at) => results[at]!.status === 'fulfilled')];
    if (failed) {
      await Promise.all(served.map((link) => link.ask('rollback', { appId: wanted.appId, generation: wanted.generation }).catch(() => undefined)));
      throw failed.reason;
    }
    const [after] = await Promise.all([
      apps.update(wanted.appId, (record) => {
        assertNotStale(record, wanted.generation);
        if (!record) throw new RuntimeUnavailableError(`app ${wanted.appId} is gone from the cluster`);
        const isSame = record.release?.generation === wanted.generation;
        return { ...record, generation: wanted.generation, candidate: undefined, release: toRelease(wanted), former: isSame ? record.former : record.release };
      }),
      ...served.map((link) => openGate(link.pod)),
    ]);
    // The one before it has gone, with what only it was to have.
    if (after) await fitPods(cluster, pods, podsOf(wanted.appId), after, shape, logger);
    if (after && JSON.stringify(before?.release?.egress ?? []) !== JSON.stringify(wanted.egress)) await surround(cluster, after, before, replicas);
    return { durationMs: performance.now() - startedAt };
  };
  const endPods = async (ended: readonly V1Pod[]): Promise<void> => {
    for (const pod of ended) {
      const ending = await cluster.remove<V1Pod>('Pod', pod.metadata!.name!);
      if (ending?.kind === 'Pod') pods.note(ending);
    }
  };
  const end: Deployer['end'] = async (appId, generation, how) => {
    await reign.confirm();
    const record = await apps.update(appId, (former) => {
      assertNotStale(former, generation);
      if (!former) return undefined;
      // Gone for good, but what is older than this is over too.
      if (former.state === 'removed') return { ...former, generation };
      return { ...former, generation, ...how, candidate: undefined, ...(how.state === 'removed' ? { release: undefined, former: undefined } : {}) };
    });
    if (!record) return false;
    // Before its pods go: its visitors are not kept waiting for others.
    if (record.state !== 'removed') await cluster.apply(makeService(record));
    // By name, so that nobody is given to a pod that the cluster is about to end.
    await endPods(podsOf(appId));
    return true;
  };

  return {
    podsOf, linksOf, reach, prepare, activate, end,
    async placed(appId) {
      await preparing.get(appId)?.catch(() => undefined);
    },
  };
}
