import type { App } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { lockApp, updateApp } from '../../store/apps/apps.ts';
import type { NewEvent } from '../../store/history/events.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { releaseApp } from '../holds/hold-app.ts';
import { presentApp } from '../present-app.ts';
import { requireNotSuspended } from '../require-not-suspended.ts';
import { requireAppQuota } from './require-quota.ts';

const dayMs = 86_400_000;

/** Apps that were deleted after this can be restored. */
export const restorableSince = ({ restoreDays }: Pick<Context, 'restoreDays'>, now: Date): Date => new Date(now.getTime() - restoreDays * dayMs);

/** Brings a deleted app back while it is kept; what was live when it was deleted is asked for again. */
export function restoreApp(context: Context, actor: Actor, appId: string): Promise<App> {
  return act(context, actor, { action: 'apps.restore', appId, input: {} }, async (tx, at) => {
    const app = await lockApp(tx, appId);
    if (!app || app.workspace_id !== actor.workspaceId) throw new DomainError('app_not_found');
    if (app.deleted_at === null) throw new DomainError('app_not_deleted');
    if (app.deleted_at <= restorableSince(context, at)) throw new DomainError('app_not_found', `it was deleted more than ${context.restoreDays} days ago`);
    await requireAppQuota(tx, actor.workspaceId);
    await requireNotSuspended(tx, app);
    const events: NewEvent[] = [];
    const back = await releaseApp(tx, context, actor, await updateApp(tx, appId, { deleted_at: null }), 'restore', at, events);
    return { answer: await presentApp(tx, back, context.appUrl), events };
  });
}

/** A deleted app with the time until which it can be restored. */
export const presentDeleted = (app: App, { restoreDays }: Pick<Context, 'restoreDays'>): App => (app.deletedAt === undefined ? app : { ...app, restorableUntil: new Date(Date.parse(app.deletedAt) + restoreDays * dayMs).toISOString() });
