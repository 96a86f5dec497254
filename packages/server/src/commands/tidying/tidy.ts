import type { Context } from '../context.ts';
import { settleHolds } from '../holds/settle-holds.ts';
import { collect } from './collect.ts';
import { collectRevisions } from './collect-revisions.ts';
import { createMetricsFolding } from './fold-metrics.ts';
import { createHistoryPruning } from './prune-history.ts';
import { purgeApps } from './purge-apps.ts';
import { settleOverdue } from './settle-overdue.ts';

const retentionDelayMs = 300_000;

/** Answers what ends, stops and deletes all that nobody else does. A step that fails stops none of the others, which may be those that free what it needs; then it rejects with what went wrong. */
export function createTidying(context: Context & { readonly stopping: AbortSignal }, auditDays: number): () => Promise<void> {
  // At its start it looks at all apps, later at those that have deployed meanwhile and shortly before: then they still needed what they no longer do.
  let collectedAt: Date | undefined;
  const collectOld = async (): Promise<void> => {
    const at = context.now();
    await collectRevisions(context, collectedAt && new Date(collectedAt.getTime() - retentionDelayMs));
    collectedAt = at;
  };
  const steps = [() => settleOverdue(context), () => settleHolds(context), collectOld, () => purgeApps(context), () => collect(context), createMetricsFolding(context), createHistoryPruning(context, auditDays)];
  return async () => {
    const failures: unknown[] = [];
    for (const step of steps) if (!context.stopping.aborted) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures, `${failures.length} of ${steps.length} steps failed`);
  };
}
