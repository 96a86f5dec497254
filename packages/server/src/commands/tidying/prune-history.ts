import { pruneAudit } from '../../store/history/prune.ts';
import type { Database } from '../../store/schema.ts';
import type { Context } from '../context.ts';
import { createEventPruning } from './prune-events.ts';

const dayMs = 86_400_000;
/** Of each app and type. */
export const keptEvents = 500;
/** What one call may do: what is left is done by the next ones. */
const [rounds, auditAtOnce] = [10, 1_000];

/** Answers what deletes some of that which is not kept any more: events that streams are not told again, and rows of the audit log that are older than `auditDays` (0 keeps them all). */
export function createHistoryPruning({ db, now }: Pick<Context, 'db' | 'now'>, auditDays: number): () => Promise<void> {
  const events = createEventPruning(db, keptEvents);
  return async () => {
    try {
      for (let round = 0; round < rounds && (await events.step()); round++);
    } finally {
      // Whatever became of the events: deleting alone goes on while the disk takes nothing more.
      if (auditDays > 0) await pruneLog(db, new Date(now().getTime() - auditDays * dayMs));
    }
  };
}

async function pruneLog(db: Database, before: Date): Promise<void> {
  for (let round = 0; round < rounds && (await pruneAudit(db, before, auditAtOnce)) === auditAtOnce; round++);
}
