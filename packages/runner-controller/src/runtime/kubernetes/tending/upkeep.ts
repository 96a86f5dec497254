import { OvertakenError } from '../../runtime.ts';
import type { Apps } from '../apps.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Reign } from '../cluster/reign.ts';
import { layGround, type Surroundings } from '../ground.ts';
import type { AppRecord } from '../objects/record.ts';

export interface UpkeepOptions { cluster: Cluster; reign: Reign; apps: Apps; /** Is a `prepare` writing down what is to stand around this app? */ isWriting: (appId: string) => boolean; surroundings: Surroundings; /** How often all of it is laid again, changed or not. */ resyncMs: number; /** Ends it after the app that it is at. */ signal: AbortSignal }

/**
 * Makes what stands in the cluster what it is to be again, whoever has changed it, and whoever ended in the middle of it.
 * The first look of a reign is at every app, and one in every resync at everything; between them it is at what has changed, and was not laid by who changed it. The ground was laid a moment ago.
 */
export function createUpkeep({ cluster, reign, apps, isWriting, surroundings, resyncMs, signal }: UpkeepOptions): () => Promise<void> {
  let laidAt = performance.now();
  const keep = async (seen: AppRecord): Promise<void> => {
    const { appId, state } = seen;
    // A template of an earlier image, or for another count of pods: no pod that runs is touched by a new one.
    const record = state === 'removed' ? seen : await apps.update(appId, (now) => now);
    // It lets its app out before the record says so: it would be taken for what somebody else has made. The next look is at it.
    if (!record || isWriting(appId)) return;
    if (surroundings.isLaid(record)) return;
    if (record.state === 'removed') await surroundings.clear(appId);
    else await surroundings.lay(record, 'unknown');
  };
  return async () => {
    if (performance.now() - laidAt >= resyncMs) {
      await layGround(cluster);
      surroundings.forget();
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
    // One app that cannot be kept does not keep the others from it.
    if (errors.length > 0) throw errors[0];
  };
}
