import type { V1Pod } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { hasRefused } from '../../agent/ask.ts';
import { RuntimeUnavailableError, StaleError, type Wanted } from '../../runtime.ts';
import type { PodLink } from '../agents/pod-link.ts';
import type { AppPods } from '../app-pods.ts';
import { type Apps, assertNotStale } from '../apps.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Mirror } from '../cluster/mirror.ts';
import type { Reign } from '../cluster/reign.ts';
import { fitPods } from './fit.ts';
import type { OpenGate } from './gate.ts';
import type { Surroundings } from '../ground.ts';
import type { RunnerShape } from '../objects/pod.ts';
import { listGrants, toRelease } from '../objects/record.ts';
import { countReplicas } from '../objects/resources.ts';

/** Has every pod of an app switch to what is prepared there, or none. */
export type SwitchOver = (wanted: Wanted, signal: AbortSignal) => Promise<{ durationMs: number }>;

export interface SwitchOverOptions { cluster: Cluster; reign: Reign; apps: Apps; pods: Mirror<V1Pod>; appPods: AppPods; /** Has the pool be filled again, some time. */ refill: () => void; shape: RunnerShape; openGate: OpenGate; surroundings: Surroundings; replicas: number; logger: Logger }

export function createSwitchOver({ cluster, reign, apps, pods, appPods, refill, shape, openGate, surroundings, replicas, logger }: SwitchOverOptions): SwitchOver {
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
  const switchOver: SwitchOver = async (wanted, signal) => {
    const startedAt = performance.now();
    reign.assert();
    const before = apps.find(wanted.appId);
    assertNotStale(before, wanted.generation);
    const { first, others } = await activateFirst(wanted, await appPods.reach(wanted.appId, signal), signal);
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
    if (after) await fitPods(cluster, pods, appPods.of(wanted.appId), after, shape, logger);
    const hasOthers = after !== undefined && (before === undefined || JSON.stringify(listGrants(before)) !== JSON.stringify(listGrants(after)) || countReplicas(before, replicas) !== countReplicas(after, replicas));
    if (hasOthers) await surroundings.lay(after, before);
    // Not before: the one that is made now starts on the same cores.
    refill();
    return { durationMs: performance.now() - startedAt };
  };
  /** The cluster is not asked first whose turn it is: an agent knows the newest controller that it has met, and the record is written on top of what we know of it. */
  return (wanted, signal) => switchOver(wanted, signal).catch(async (error: unknown) => {
    // Late, because another one acts in our place: then there is nothing to be said.
    if (error instanceof StaleError) await reign.confirm(signal);
    throw error;
  });
}
