import { type AppRow, updateApp } from '../../store/apps/apps.ts';
import { findRevisionBundle } from '../../store/code/bundles.ts';
import { findDeployment } from '../../store/wishes/deployments.ts';
import type { NewEvent } from '../../store/history/events.ts';
import type { Tx } from '../../store/schema.ts';
import { putSpec } from '../../store/wishes/specs.ts';
import { readSuspension } from '../../store/access/workspaces.ts';
import { type Context, systemActor } from '../context.ts';
import { holdApp, stoppedSpec } from './hold-app.ts';
import { requestRevision, toFrozen } from '../deployments/request-revision.ts';
import { saySuspended } from './suspend-app.ts';

/** Asks for the revision of a deployment that was live to be live again with the environment it had; where there is none, that nothing runs. Both with the next generation. The app must be locked. */
export async function bringBack(tx: Tx, context: Context, app: AppRow, deploymentId: string | null, comment: string, at: Date, events: NewEvent[]): Promise<AppRow> {
  const former = deploymentId === null ? undefined : await findDeployment(tx, app.id, deploymentId);
  const bundleSha256 = former && (await findRevisionBundle(tx, app.id, former.revision));
  if (former && bundleSha256 !== undefined) {
    const suspension = await readSuspension(tx, app.workspace_id);
    // Its turn has not come yet: what is not asked for now is remembered.
    if (suspension) return holdApp(tx, context, app, { reason: 'suspended', message: saySuspended('the workspace', suspension.reason) }, { isHidden: false, held: former.id, at, events });
    // What serves until the former one is back is live until then.
    const live = app.live_deployment_id === null ? undefined : await findDeployment(tx, app.id, app.live_deployment_id);
    const cleared = live?.status === 'live' ? app : await updateApp(tx, app.id, { live_deployment_id: null });
    return (await requestRevision(tx, context, systemActor(app.workspace_id), cleared, toFrozen(former, bundleSha256), { trigger: 'rollback', comment: comment.slice(0, 500), keepsEnvironment: true }, at, events)).app;
  }
  const withdrawn = await updateApp(tx, app.id, { generation: app.generation + 1, live_deployment_id: null });
  await putSpec(tx, stoppedSpec(withdrawn, false), at);
  return withdrawn;
}
