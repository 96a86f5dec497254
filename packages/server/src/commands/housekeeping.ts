import { stageLimitMs } from '@fapi/runner-controller/work';
import { presenceMs } from '@fapi/sdk/contract';
import { collectTokens } from '../store/access/embed-tokens.ts';
import { collectRevocations } from '../store/access/revocations.ts';
import { lockApp } from '../store/apps.ts';
import { collectBundles } from '../store/bundles.ts';
import { listToSweep, sweepContents } from '../store/contents.ts';
import { findDeployment, listOverdue, toDeployment, writeProgress } from '../store/deployments.ts';
import { collectEnvironments } from '../store/environments.ts';
import { appendEvents } from '../store/events.ts';
import { inReserve } from '../store/reserve.ts';
import { collectPages } from '../store/presence.ts';
import { collectIdempotent } from '../store/idempotency.ts';
import { endDeployment, isUnsettled } from '../domain/deployment.ts';
import type { Context } from './context.ts';
import { markSpec } from './mark-spec.ts';
import { presentApp } from './present-app.ts';

/** Who is still at work has been heard of by then. */
const overdueMs = stageLimitMs + 30_000;
const hourMs = 3_600_000;

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

/** Deletes what nobody can need any more. */
export async function collect(context: Context): Promise<void> {
  const now = context.now().getTime();
  await collectBundles(context.db, new Date(now - hourMs));
  await collectTokens(context.db, new Date(now - 24 * hourMs));
  await collectRevocations(context.db);
  await collectPages(context.db, new Date(now - presenceMs));
  await collectIdempotent(context.db, new Date(now - 24 * hourMs));
  await collectEnvironments(context.db, new Date(now - hourMs));
  await sweep(context);
}

/** Texts that nothing names any more, an app at a time: its lock keeps its own people away for a moment. */
async function sweep(context: Context): Promise<void> {
  const now = context.now();
  for (const appId of await listToSweep(context.db, now)) {
    await inReserve(context.db, async (tx) => {
      if (await lockApp(tx, appId)) await sweepContents(tx, appId, new Date(now.getTime() - hourMs), new Date(now.getTime() + hourMs));
    });
  }
}
