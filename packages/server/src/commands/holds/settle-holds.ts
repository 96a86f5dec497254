import { readSuspension } from '../../store/access/workspaces.ts';
import { lockApp } from '../../store/apps/apps.ts';
import { appendEvents, type NewEvent } from '../../store/history/events.ts';
import { listToHold, listToRelease } from '../../store/apps/holds.ts';
import { takeReserve } from '../../store/disk/take-reserve.ts';
import { type Context, systemActor } from '../context.ts';
import { holdApp, releaseApp } from './hold-app.ts';
import { presentApp } from '../present-app.ts';
import { saySuspended } from './suspend-app.ts';

/** Stops what is served or on its way in suspended workspaces, and asks again for what was live in those that are resumed. Safe to run twice, and on several servers at once. */
export async function settleHolds(context: Context, workspaceId?: string): Promise<void> {
  const apps = [...(await listToHold(context.db, workspaceId)), ...(await listToRelease(context.db, workspaceId))];
  if (apps.length === 0) return;
  try {
    for (const appId of apps) await settleHold(context, appId);
  } finally {
    // Also when one of them failed: those before it are written.
    context.wakeRelay();
    context.wakeStreams();
  }
}

async function settleHold(context: Context, appId: string): Promise<void> {
  const at = context.now();
  await context.db.transaction().execute(async (tx) => {
    const app = await lockApp(tx, appId);
    if (!app || app.deleted_at !== null || app.suspended) return;
    const events: NewEvent[] = [];
    const suspension = await readSuspension(tx, app.workspace_id);
    if (suspension) {
      // What must not be served is stopped, however full the disk is; what is asked for again waits for room.
      await takeReserve(tx, 'last');
      const held = await holdApp(tx, context, app, { reason: 'suspended', message: saySuspended('the workspace', suspension.reason) }, { isHidden: false, at, events });
      events.push({ workspaceId: app.workspace_id, appId, type: 'app', payload: await presentApp(tx, held, context.appUrl) });
    } else if (app.held_deployment_id !== null) await releaseApp(tx, context, systemActor(app.workspace_id), app, 'resume', at, events);
    await appendEvents(tx, events, at);
  });
}
