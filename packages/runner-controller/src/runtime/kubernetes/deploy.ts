import type { V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { StageNote } from '@fapi/sdk/contract';
import type { Logger } from 'pino';
import { toReason } from '../../program/to-reason.ts';
import { hasRefused } from '../agent/ask.ts';
import type { Supplies } from '../agent/supplies.ts';
import { RuntimeUnavailableError, StaleError, type Wanted } from '../runtime.ts';
import type { PodAgents } from './agents/agents.ts';
import type { PodIdentities } from './agents/pod-identities.ts';
import type { PodLink } from './agents/pod-link.ts';
import { type Apps, assertNotStale } from './apps.ts';
import type { Bell } from './bell.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Reign } from './cluster/reign.ts';
import type { Mirror } from './cluster/mirror.ts';
import { findUnfit, fitPods } from './fit.ts';
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
  /** Resolves when no pod is being claimed for this app: true when one was, and it has one now or is about to. */
  placed(appId: string): Promise<boolean>;
  prepare(wanted: Wanted, signal: AbortSignal): Promise<{ durationMs: number; note?: StageNote }>;
  activate(wanted: Wanted, signal: AbortSignal): Promise<{ durationMs: number }>;
  /** No pods from now on; what is kept of the app is its record. False when it was not there. */
  end(appId: string, generation: number, how: { state: AppRecord['state']; removedAt?: string }): Promise<boolean>;
}

export interface DeployerOptions { cluster: Cluster; reign: Reign; apps: Apps; pods: Mirror<V1Pod>; sets: Mirror<V1ReplicaSet>; agents: PodAgents; identities: PodIdentities | undefined; pool: Pool; supplies: Supplies; bell: Bell; shape: RunnerShape; openGate: OpenGate; replicas: number; reachMs: number; logger: Logger }

interface Place { isBare: boolean; before: AppRecord | undefined; wish: AppRecord; start: 'warm' | 'cold' | undefined }

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
  const claim = async (appId: string, count: number): Promise<'warm' | 'cold'> => {
    const nodes = new Set<string>();
    const claimed = await Promise.all(Array.from({ length: count }, () => pool.claim(appId, nodes)));
    return claimed.some((pod) => pod !== undefined) ? 'warm' : 'cold';
  };
  const refill = (): void => void pool.assure().catch((error: unknown) => logger.warn({ reason: toReason(error) }, 'the pool could not be resized'));
  /** One claim for an app at a time: a verdict that needs a pod waits for the one that is being claimed. */
  const preparing = new Map<string, Promise<unknown>>();
  const recordOf = (wanted: Wanted, former: AppRecord | undefined): Omit<AppRecord, 'epoch'> => {
    const { appId, host, generation } = wanted;
    assertNotStale(former, generation);
    // Prepared once more while it serves: there is no other candidate then.
    const candidate = former?.release?.generation === generation ? undefined : toRelease(wanted);
    return { ...(former?.state === 'removed' ? {} : former), appId, host, generation, state: 'live', candidate, removedAt: undefined };
  };
  /** A set that is to have no pods would end a claimed one at once; one that is not there yet adopts it. */
  const isAsleep = (before: AppRecord | undefined): boolean => before !== undefined && before.state !== 'live';

  /** What an app needs before its agents may be asked: pods. Whoever has some has them already. */
  const place = async (wanted: Wanted, signal: AbortSignal): Promise<Place> => {
    const isBare = podsOf(wanted.appId).length === 0;
    // Nothing is claimed for what cannot be given.
    await Promise.all([reign.confirm(signal), supplies.environment(wanted, 'live', signal), isBare ? supplies.bundle(wanted.bundleSha256, signal) : undefined]);
    const before = apps.find(wanted.appId);
    const wish = { ...recordOf(wanted, before), epoch: reign.epoch };
    const start = isBare && !before ? await claim(wanted.appId, countReplicas(wish, replicas)) : undefined;
    return { isBare, before, wish, start };
  };
  /** What outlives us: the record, and what stands around the pods. A pod that was given the app before it is found by its label. */
  const settle = async (wanted: Wanted, { isBare, before, wish, start }: Place): Promise<{ note?: StageNote }> => {
    const { appId } = wanted;
    const [after] = await Promise.all([apps.update(appId, (former) => recordOf(wanted, former)), surround(cluster, wish, before, replicas)]);
    let how = isBare && isAsleep(before) ? await claim(appId, countReplicas(wish, replicas)) : start;
    const unfit = after ? await fitPods(cluster, pods, podsOf(appId), after, shape, logger) : [];
    // Nobody is served by it yet: another one is made as it is to be. One that serves is never ended for this.
    if (isBare && unfit.length > 0) {
      await endPods(unfit);
      how = 'cold';
    }
    logger.debug({ appId, generation: after?.generation, start: how }, 'an app has its place');
    if (how !== 'cold') return {};
    refill();
    return { note: 'cold_start' };
  };
  const prepare: Deployer['prepare'] = async (wanted, signal) => {
    const startedAt = performance.now();
    const { appId } = wanted;
    const before = apps.find(appId);
    const placing = place(wanted, signal);
    const settling = placing.then((placed) => settle(wanted, placed));
    settling.catch(() => undefined);
    // Agents refuse whoever is not in charge any more by themselves, and who has pods need not wait for the cluster. What may connect while it starts, or is to have more memory, does.
    const ready = (async (): Promise<void> => {
      const isBare = (): boolean => podsOf(appId).length === 0;
      if (isBare()) await placing;
      const mayBegin = !isBare() && wanted.egress.length === 0 && findUnfit(podsOf(appId), { release: before?.release, candidate: toRelease(wanted) }, shape).length === 0;
      if (!mayBegin) await settling;
    })();
    preparing.set(appId, ready);
    const give = async (): Promise<void> => {
      await ready.finally(() => {
        if (preparing.get(appId) === ready) preparing.delete(appId);
      });
      const links = await reach(appId, signal);
      await Promise.all(links.map(async (link) => {
        // Before any code of it runs: it may connect while it starts.
        if (wanted.egress.length > 0) await identities?.assure(appId, link);
        return link.acts.prepare(wanted, signal);
      }));
    };
    // A failure of the app's own is told once it is written down whose pod that is.
    const given = give().catch(async (error: unknown) => {
      await settling;
      throw error;
    });
    const [{ note }] = await Promise.all([settling, given]);
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
  const switchOver: Deployer['activate'] = async (wanted, signal) => {
    const startedAt = performance.now();
    reign.assert();
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
    // Not before: the one that is made now starts on the same cores.
    refill();
    return { durationMs: performance.now() - startedAt };
  };
  /** The cluster is not asked first whose turn it is: an agent knows the newest controller that it has met, and the record is written on top of what we know of it. */
  const activate: Deployer['activate'] = (wanted, signal) => switchOver(wanted, signal).catch(async (error: unknown) => {
    // Late, because another one acts in our place: then there is nothing to be said.
    if (error instanceof StaleError) await reign.confirm(signal);
    throw error;
  });
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
    placed: async (appId) => (await preparing.get(appId)?.then(() => true, () => false)) ?? false,
  };
}
