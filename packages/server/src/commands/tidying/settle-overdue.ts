import { stageLimitMs } from '@fapi/runner-controller/work';
import { endDeployment, isUnsettled } from '../../domain/deployments/deployment.ts';
import { lockApp } from '../../store/apps/apps.ts';
import { inReserve } from '../../store/disk/take-reserve.ts';
import { appendEvents } from '../../store/history/events.ts';
import { findDeployment, listOverdue, toDeployment, writeProgress } from '../../store/wishes/deployments.ts';
import type { Context } from '../context.ts';
import { markSpec } from '../deployments/mark-spec.ts';
import { presentApp } from '../present-app.ts';

/** Whoever is still at work has been heard of by then. */
const overdueMs = stageLimitMs + 30_000;

/** Ends deployments that nobody has moved for too long, so that every deployment ends. */
export async function settleOverdue(context: Context): Promise<void> {
  const at = context.now();
  for (const { id, app_id } of await listOverdue(context.db, new Date(at.getTime() - overdueMs))) {
    await inReserve(context.db, async (tx) => {
      const app = await lockApp(tx, app_id);
      const row = app && (await findDeployment(tx, app_id, id));
      if (!app || !row || !isUnsettled(row.status)) return;
      const url = context.appUrl(app.host);
      const ended = endDeployment(toDeployment(row, url), 'failed', at.toISOString(), { reason: 'deadline_exceeded', message: `nothing was heard of it for ${overdueMs / 1_000} s while it was ${row.status}` });
      if (!ended) return;
      const written = toDeployment(await writeProgress(tx, id, ended, at), url);
      await markSpec(tx, app_id, row.generation, { cancelled: true }, at);
      const payload = await presentApp(tx, app, context.appUrl);
      await appendEvents(tx, [{ workspaceId: app.workspace_id, appId: app_id, type: 'deployment', payload: written }, { workspaceId: app.workspace_id, appId: app_id, type: 'app', payload }], at);
    });
    context.wakeRelay();
    context.wakeStreams();
  }
}
