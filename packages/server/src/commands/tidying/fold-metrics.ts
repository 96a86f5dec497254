import { lockApp } from '../../store/apps/apps.ts';
import { inReserve } from '../../store/disk/take-reserve.ts';
import { foldTotals, listCrowded } from '../../store/wishes/metrics.ts';
import type { Context } from '../context.ts';

const hourMs = 3_600_000;
/** Many more than the replicas that an app has at a time: see `foldTotals`. A sum of so many rows costs nothing yet. */
const epochsKept = 100;

/** Answers what puts the counters of agents that are gone into one row for each app: each wake and each eviction makes an agent, and all rows are read whenever somebody looks. Does so once an hour, for it looks at all of them. */
export function createMetricsFolding({ db, now: tell }: Pick<Context, 'db' | 'now'>, kept = epochsKept): () => Promise<void> {
  let foldedAt = -Infinity;
  return async () => {
    const now = tell().getTime();
    if (now - foldedAt < hourMs) return;
    const before = new Date(now - 24 * hourMs);
    for (const appId of await listCrowded(db, kept, before)) {
      await inReserve(db, async (tx) => {
        if (await lockApp(tx, appId)) await foldTotals(tx, appId, kept, before);
      });
    }
    foldedAt = now;
  };
}
