import { lastEventId } from '../../store/history/events.ts';
import { deletePast, type EventKind, listEventKinds, listGrown } from '../../store/history/prune.ts';
import type { Database } from '../../store/schema.ts';

/** Of one step: a statement holds up nobody for long. */
const steps = { kinds: 50, fresh: 2_000, most: 1_000 };

export interface EventPruning {
  /** Does a little of it; answers whether anything may be left. */
  step(): Promise<boolean>;
}

/**
 * Keeps the newest `keep` events of each app and type. Goes once through all of them, and then looks only at those that have grown since.
 * Several servers may do so at once.
 */
export function createEventPruning(db: Database, keep: number, { kinds: kindsAtOnce, fresh, most } = steps): EventPruning {
  let after: number | undefined;
  let walked: EventKind | undefined;
  let isWalking = true;

  const walk = async (): Promise<void> => {
    // Before the first look: what comes meanwhile is looked at again.
    after ??= await lastEventId(db);
    const kinds = await listEventKinds(db, walked, kindsAtOnce);
    if (kinds.length === 0) isWalking = false;
    else if ((await deletePast(db, kinds, { keep, most })) < most) walked = kinds.at(-1);
  };
  return {
    async step() {
      if (isWalking) {
        await walk();
        return true;
      }
      const grown = await listGrown(db, after!, fresh);
      if (grown.kinds.length === 0) return false;
      if ((await deletePast(db, grown.kinds, { keep, most })) === most) return true;
      after = grown.last;
      return grown.count === fresh;
    },
  };
}
