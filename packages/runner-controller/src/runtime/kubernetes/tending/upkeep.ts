import { OvertakenError } from '../../runtime.ts';
import type { Apps } from '../apps.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Reign } from '../cluster/reign.ts';
import { clear, layGround, surround } from '../ground.ts';
import { type AppRecord, listGrants } from '../objects/record.ts';

export interface UpkeepOptions { cluster: Cluster; reign: Reign; apps: Apps; /** Is a `prepare` writing down what is to stand around this app? */ isWriting: (appId: string) => boolean; replicas: number; /** How often all of it is laid again, changed or not. */ resyncMs: number; /** Ends it after the app that it is at. */ signal: AbortSignal }

/**
 * Makes what stands in the cluster what it is to be again, whoever has changed it, and whoever ended in the middle of it.
 * The first look of a reign is at everything, and so is one in every resync; between them it is at what has changed.
 */
export function createUpkeep({ cluster, reign, apps, isWriting, replicas, resyncMs, signal }: UpkeepOptions): () => Promise<void> {
  let laidAt: number | undefined;
  /** What was laid around each app; one that is written meanwhile is seen to differ at the next look. */
  const laid = new Map<string, { wish: string; record: AppRecord }>();
  const keep = async (seen: AppRecord): Promise<void> => {
    const { appId, state } = seen;
    // A template of an earlier image, or for another count of pods: no pod that runs is touched by a new one.
    const record = state === 'removed' ? seen : await apps.update(appId, (now) => now);
    // It lets its app out before the record says so: it would be taken for what somebody else has made. The next look is at it.
    if (!record || isWriting(appId)) return;
    const wish = JSON.stringify([record.state, record.host, record.generation, listGrants(record), record.release?.settings.exclusive, record.candidate?.settings.exclusive]);
    const before = laid.get(appId);
    if (before?.wish === wish) return;
    if (record.state === 'removed') await clear(cluster, appId);
    else await surround(cluster, record, before?.record ?? 'unknown', replicas);
    laid.set(appId, { wish, record });
  };
  return async () => {
    if (laidAt === undefined || performance.now() - laidAt >= resyncMs) {
      await layGround(cluster);
      // What is removed stays removed: nothing of it is asked for again.
      for (const { appId, state } of apps.all()) if (state !== 'removed') laid.delete(appId);
      laidAt = performance.now();
    }
    const errors: unknown[] = [];
    const known = apps.all();
    for (const record of known) {
      // Whoever takes over waits for it to end, or does the same by now.
      if (signal.aborted) return;
      reign.assert();
      await keep(record).catch((error: unknown) => {
        if (error instanceof OvertakenError) throw error;
        errors.push(error);
      });
    }
    const ids = new Set(known.map(({ appId }) => appId));
    for (const appId of laid.keys()) if (!ids.has(appId)) laid.delete(appId);
    // One app that cannot be kept does not keep the others from it.
    if (errors.length > 0) throw errors[0];
  };
}
