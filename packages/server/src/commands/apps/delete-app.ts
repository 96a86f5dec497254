import { updateApp } from '../../store/apps/apps.ts';
import type { NewEvent } from '../../store/history/events.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { holdApp } from '../holds/hold-app.ts';
import { lockLivingApp } from '../lock-app.ts';

/** Ends an app for everybody: every deployment of it ends, and that nothing is served is a spec with the next generation, never silence. All of it is kept until it is purged, host included. */
export function deleteApp(context: Context, actor: Actor, appId: string): Promise<void> {
  return act(context, actor, { action: 'apps.delete', takesReserve: 'last', appId, input: {} }, async (tx, at) => {
    const app = await lockLivingApp(tx, actor, appId);
    const events: NewEvent[] = [];
    await holdApp(tx, context, app, { reason: 'app_deleted', message: 'the app was deleted' }, { isHidden: true, at, events });
    await updateApp(tx, appId, { deleted_at: at });
    return { answer: undefined, events: [...events, { workspaceId: app.workspace_id, appId, type: 'app_deleted', payload: {} }] };
  });
}
