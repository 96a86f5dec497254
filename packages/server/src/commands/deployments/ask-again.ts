import type { DeploymentTrigger } from '@fapi/sdk/contract';
import { readSuspension } from '../../store/access/workspaces.ts';
import type { AppRow } from '../../store/apps/apps.ts';
import { findRevisionBundle } from '../../store/code/bundles.ts';
import { type DeploymentRow, findDeployment, listUnsettled } from '../../store/wishes/deployments.ts';
import type { NewEvent } from '../../store/history/events.ts';
import type { Tx } from '../../store/schema.ts';
import { type Context, systemActor } from '../context.ts';
import { requestRevision, toFrozen } from './request-revision.ts';

/** What is live, or is about to be, is asked for again: same revision, same environment, with what the operator has changed of the app. Of a suspended app nothing is: it is what the resume brings. */
export async function askAgain(tx: Tx, context: Context, app: AppRow, trigger: DeploymentTrigger, at: Date, events: NewEvent[]): Promise<void> {
  // A workspace is suspended before its apps are stopped one by one.
  const wish = (await readSuspension(tx, app.workspace_id)) ? undefined : await findWish(tx, app);
  const bundleSha256 = wish && (await findRevisionBundle(tx, app.id, wish.revision));
  if (wish && bundleSha256 !== undefined) await requestRevision(tx, context, systemActor(app.workspace_id), app, toFrozen(wish, bundleSha256), { trigger, keepsEnvironment: wish.keeps_environment }, at, events);
}

/** A deployment under way comes before what it is about to replace: somebody asked for it. */
async function findWish(tx: Tx, app: AppRow): Promise<DeploymentRow | undefined> {
  return (await listUnsettled(tx, app.id))[0] ?? (app.live_deployment_id === null ? undefined : await findDeployment(tx, app.id, app.live_deployment_id));
}
