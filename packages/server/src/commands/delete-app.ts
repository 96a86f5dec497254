import { schemaVersion } from '@fapi/runner-controller/work';
import { endDeployment } from '../domain/deployment.ts';
import { updateApp } from '../store/apps.ts';
import { findDeployment, listUnsettled, toDeployment, writeProgress } from '../store/deployments.ts';
import { deleteEnvironments } from '../store/environments.ts';
import type { NewEvent } from '../store/events.ts';
import { putSpec } from '../store/specs.ts';
import { act } from './act.ts';
import type { Actor, Context } from './context.ts';
import { lockLivingApp } from './lock-app.ts';

/** Ends an app: every deployment of it ends, and removal is a spec with the next generation, never silence. */
export function deleteApp(context: Context, actor: Actor, appId: string): Promise<void> {
  return act(context, actor, { action: 'apps.delete', appId, input: {} }, async (tx, at) => {
    const app = await lockLivingApp(tx, actor, appId);
    const live = app.live_deployment_id === null ? undefined : await findDeployment(tx, appId, app.live_deployment_id);
    const url = context.appUrl(app.host);
    const events: NewEvent[] = [];
    for (const row of [...(await listUnsettled(tx, appId)), ...(live ? [live] : [])]) {
      const end = row.status === 'live' ? 'stopped' : 'superseded';
      const ended = endDeployment(toDeployment(row, url), end, at.toISOString(), { reason: 'app_deleted', message: 'the app was deleted' });
      if (ended) events.push({ workspaceId: app.workspace_id, appId, type: 'deployment', payload: toDeployment(await writeProgress(tx, row.id, ended, at), url) });
    }
    const generation = app.generation + 1;
    await updateApp(tx, appId, { generation, deleted_at: at });
    await deleteEnvironments(tx, appId);
    await putSpec(tx, { schema: schemaVersion, appId, workspaceId: app.workspace_id, generation, host: app.host, desired: { state: 'removed' } }, at);
    return { answer: undefined, events: [...events, { workspaceId: app.workspace_id, appId, type: 'app_deleted', payload: {} }] };
  });
}
