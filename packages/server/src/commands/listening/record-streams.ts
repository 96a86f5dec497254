import type { LogLine } from '@fapi/sdk/contract';
import type { LogBatch, MetricsSample } from '@fapi/runner-controller/work';
import type { LostLines } from '../../domain/deployments/lost-lines.ts';
import { isLivingApp, lockApp, updateApp } from '../../store/apps/apps.ts';
import { appendEvents, hasNewLine } from '../../store/history/events.ts';
import { findHeardLines } from '../../store/history/late-lines.ts';
import { putTotals } from '../../store/wishes/metrics.ts';
import type { Context } from '../context.ts';
import { keptEvents } from '../tidying/prune-history.ts';
import { rollBackOn5xx } from './roll-back-on-5xx.ts';

/** Stores a batch of lines as one row, each line once. Several servers hear the batches of one app, and several agents number its lines by their own clocks: a line at or below the highest number is looked for, and was heard before only if it is there, or if it is older than what is kept: an agent tells a controller that starts of more than that. What was lost until now is told with it as dropped, unless it is there after all. */
export async function recordLogs(context: Context, batch: LogBatch, lost: LostLines = { count: 0 }): Promise<void> {
  const at = context.now();
  const hasNews = await context.db.transaction().execute(async (tx) => {
    const app = await lockApp(tx, batch.appId);
    if (!app || app.deleted_at !== null) return false;
    const late = batch.lines.flatMap(({ seq }) => (seq > app.last_log_seq ? [] : [seq]));
    const heard = late.length === 0 ? undefined : await findHeardLines(tx, app, late, keptEvents);
    const lines: LogLine[] = batch.lines.filter((line) => !heard?.has(line.seq));
    // The line itself is looked for: that later ones are there says nothing, another server may have written those.
    const written = lost.unsure && (await hasNewLine(tx, app.id, lost.unsure.seq)) ? lost.unsure.count : 0;
    const dropped = batch.dropped + lost.count - written;
    if (lines.length === 0 && dropped === 0) return false;
    if (lines.length > 0) await updateApp(tx, app.id, { last_log_seq: Math.max(app.last_log_seq, ...lines.map((line) => line.seq)) });
    await appendEvents(tx, [{ workspaceId: app.workspace_id, appId: app.id, type: 'log', payload: { lines, dropped } }], at);
    return true;
  });
  if (hasNews) context.wakeStreams();
}

/** Keeps the totals of one agent; those of an app that is gone are dropped. Too many 5xx in them bring back what was live before. */
export async function recordMetrics(context: Context, { appId, epoch, totals, serving }: MetricsSample): Promise<void> {
  if (!(await isLivingApp(context.db, appId))) return;
  await putTotals(context.db, appId, epoch, totals, context.now());
  await rollBackOn5xx(context, { appId, serving });
  context.wakeStreams();
}
