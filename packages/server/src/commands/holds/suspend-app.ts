import type { App, Suspension } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { readSuspension } from '../../store/access/workspaces.ts';
import { type AppRow, lockApp, updateApp } from '../../store/apps/apps.ts';
import type { NewEvent } from '../../store/history/events.ts';
import type { Tx } from '../../store/schema.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { holdApp, releaseApp } from './hold-app.ts';
import { lockLivingApp } from '../lock-app.ts';
import { presentApp } from '../present-app.ts';

export const makeSuspension = (at: Date, reason: string | undefined): Suspension => ({ at: at.toISOString(), ...(reason === undefined ? {} : { reason }) });
export const saySuspended = (what: string, reason: string | undefined): string => `the operator suspended ${what}${reason === undefined ? '' : `: ${reason}`}`;

/** Has nothing of an app served, now and until it is resumed. A second call changes the reason. */
export function suspendApp(context: Context, actor: Actor, appId: string, { reason }: { reason?: string | undefined }): Promise<App> {
  return act(context, actor, { action: 'apps.suspend', takesReserve: 'last', appId, input: { reason }, reason }, async (tx, at) => {
    const app = await lockLivingApp(tx, actor, appId);
    const events: NewEvent[] = [];
    const held = app.suspended ? app : await holdApp(tx, context, app, { reason: 'suspended', message: saySuspended('the app', reason) }, { isHidden: false, at, events });
    const changed = await updateApp(tx, held.id, { suspended: { ...makeSuspension(at, reason), ...(app.suspended ? { at: app.suspended.at } : {}) } });
    const answer = await presentApp(tx, changed, context.appUrl);
    return { answer, events: [...events, { workspaceId: app.workspace_id, appId, type: 'app', payload: answer }] };
  });
}

/** Takes the suspension away; what was live is asked for again, unless the workspace is suspended too. Also of an app that is deleted: else nobody could restore it. */
export function resumeApp(context: Context, actor: Actor, appId: string, { reason }: { reason?: string | undefined }): Promise<App> {
  return act(context, actor, { action: 'apps.resume', appId, input: { reason }, reason }, async (tx, at) => {
    const app = await lockApp(tx, appId);
    if (!app || app.workspace_id !== actor.workspaceId) throw new DomainError('app_not_found');
    if (!app.suspended) return { answer: await presentApp(tx, app, context.appUrl) };
    const events: NewEvent[] = [];
    const freed = await updateApp(tx, appId, { suspended: null });
    const back = await isFree(tx, freed) ? await releaseApp(tx, context, actor, freed, 'resume', at, events) : freed;
    const answer = await presentApp(tx, back, context.appUrl);
    if (events.length === 0 && app.deleted_at === null) events.push({ workspaceId: app.workspace_id, appId, type: 'app', payload: answer });
    return { answer, events };
  });
}

const isFree = async (tx: Tx, app: AppRow): Promise<boolean> => app.deleted_at === null && (await readSuspension(tx, app.workspace_id)) === undefined;
