import type { V1Pod } from '@kubernetes/client-node';
import type { StageNote } from '@fapi/sdk/contract';
import type { Logger } from 'pino';
import type { Supplies } from '../../agent/supplies.ts';
import type { Wanted } from '../../runtime.ts';
import type { PodIdentities } from '../agents/pod-identities.ts';
import type { AppPods } from '../app-pods.ts';
import { type Apps, assertNotStale } from '../apps.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Mirror } from '../cluster/mirror.ts';
import type { Reign } from '../cluster/reign.ts';
import { findUnfit, fitPods } from './fit.ts';
import type { Surroundings } from '../ground.ts';
import type { RunnerShape } from '../objects/pod.ts';
import { type AppRecord, toRelease } from '../objects/record.ts';
import { countReplicas } from '../objects/resources.ts';
import type { Pool } from '../pool.ts';

/** Finds an app its pods, and has the new revision imported in each. */
export interface Preparing {
  prepare(wanted: Wanted, signal: AbortSignal): Promise<{ durationMs: number; note?: StageNote }>;
  /** Resolves when no pod is being claimed for this app: true when one was, and it has one now or is about to. */
  placed(appId: string): Promise<boolean>;
  /** Resolves when nothing of a `prepare` is being written down for this app. */
  written(appId: string): Promise<void>;
  /** Is something of a `prepare` being written down for this app? */
  isWriting(appId: string): boolean;
}

export interface PreparingOptions { cluster: Cluster; reign: Reign; apps: Apps; pods: Mirror<V1Pod>; appPods: AppPods; identities: PodIdentities | undefined; pool: Pool; /** Has the pool be filled again, some time. */ refill: () => void; supplies: Supplies; shape: RunnerShape; surroundings: Surroundings; replicas: number; logger: Logger }

interface Place { isBare: boolean; before: AppRecord | undefined; wish: AppRecord; start: 'warm' | 'cold' | undefined }

export function createPreparing({ cluster, reign, apps, pods, appPods, identities, pool, refill, supplies, shape, surroundings, replicas, logger }: PreparingOptions): Preparing {
  /** Takes free pods for an app that has none; says how it went. */
  const claim = async (appId: string, count: number): Promise<'warm' | 'cold'> => {
    const nodes = new Set<string>();
    const claimed = await Promise.all(Array.from({ length: count }, () => pool.claim(appId, nodes)));
    return claimed.some((pod) => pod !== undefined) ? 'warm' : 'cold';
  };
  /** One claim for an app at a time: a verdict that needs a pod waits for the one that is being claimed. */
  const preparing = new Map<string, Promise<unknown>>();
  const writings = new Map<string, Promise<void>>();
  const recordOf = (wanted: Wanted, former: AppRecord | undefined): Omit<AppRecord, 'epoch'> => {
    const { appId, host, generation } = wanted;
    assertNotStale(former, generation);
    // Prepared once more while it serves: there is no other candidate then.
    const candidate = former?.release?.generation === generation ? undefined : toRelease(wanted);
    return { ...(former?.state === 'removed' ? {} : former), appId, host, generation, state: 'live', candidate, granted: [...wanted.egress], removedAt: undefined };
  };
  /** A set that is to have no pods would end a claimed one at once; one that is not there yet adopts it. */
  const isAsleep = (before: AppRecord | undefined): boolean => before !== undefined && before.state !== 'live';

  /** What an app needs before its agents may be asked: pods. Whoever has some has them already. */
  const place = async (wanted: Wanted, signal: AbortSignal): Promise<Place> => {
    const isBare = appPods.of(wanted.appId).length === 0;
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
    const [after] = await Promise.all([apps.update(appId, (former) => recordOf(wanted, former)), surroundings.lay(wish, before)]);
    let how = isBare && isAsleep(before) ? await claim(appId, countReplicas(wish, replicas)) : start;
    const unfit = after ? await fitPods(cluster, pods, appPods.of(appId), after, shape, logger) : [];
    // Nobody is served by it yet: another one is made as it is to be. One that serves is never ended for this.
    if (isBare && unfit.length > 0) {
      await appPods.end(unfit);
      how = 'cold';
    }
    logger.debug({ appId, generation: after?.generation, start: how }, 'an app has its place');
    if (how !== 'cold') return {};
    refill();
    return { note: 'cold_start' };
  };
  const prepare: Preparing['prepare'] = async (wanted, signal) => {
    const startedAt = performance.now();
    const { appId } = wanted;
    const before = apps.find(appId);
    const placing = place(wanted, signal);
    const settling = placing.then((placed) => settle(wanted, placed));
    const writing = settling.then(() => undefined, () => undefined);
    writings.set(appId, writing);
    void writing.then(() => {
      if (writings.get(appId) === writing) writings.delete(appId);
    });
    // Agents refuse whoever is not in charge any more by themselves, and who has pods need not wait for the cluster. What may connect while it starts, or is to have more memory, does.
    const ready = (async (): Promise<void> => {
      const isBare = (): boolean => appPods.of(appId).length === 0;
      if (isBare()) await placing;
      const mayBegin = !isBare() && wanted.egress.length === 0 && findUnfit(appPods.of(appId), { release: before?.release, candidate: toRelease(wanted) }, shape).length === 0;
      if (!mayBegin) await settling;
    })();
    preparing.set(appId, ready);
    const give = async (): Promise<void> => {
      await ready.finally(() => {
        if (preparing.get(appId) === ready) preparing.delete(appId);
      });
      const links = await appPods.reach(appId, signal);
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
  return {
    prepare,
    placed: async (appId) => (await preparing.get(appId)?.then(() => true, () => false)) ?? false,
    written: async (appId) => writings.get(appId),
    isWriting: (appId) => writings.has(appId),
  };
}
