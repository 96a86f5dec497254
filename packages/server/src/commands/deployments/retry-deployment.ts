import type { Deployment } from '@fapi/sdk/contract';
import { isUnsettled } from '../../domain/deployments/deployment.ts';
import { DomainError } from '../../domain/errors.ts';
import { findDeployment, toDeployment } from '../../store/wishes/deployments.ts';
import type { NewEvent } from '../../store/history/events.ts';
import { act } from '../act.ts';
import { findFrozen, keptEnvironment } from './choose-revision.ts';
import type { Actor, Context } from '../context.ts';
import { lockLivingApp } from '../lock-app.ts';
import { requestRevision } from './request-revision.ts';

/** Asks again for what a deployment asked for and did not get: the same revision, with the newest environment unless it was asked for with another one. */
export function retryDeployment(context: Context, actor: Actor, appId: string, deploymentId: string): Promise<Deployment> {
  return act(context, actor, { action: 'deployments.retry', appId, input: { deploymentId } }, async (tx, at) => {
    const app = await lockLivingApp(tx, actor, appId);
    const row = await findDeployment(tx, appId, deploymentId);
    if (!row) throw new DomainError('deployment_not_found');
    if (isUnsettled(row.status)) throw new DomainError('not_settled', `the deployment is ${row.status}`);
    if (row.status === 'live') throw new DomainError('already_live');
    if (row.status === 'stopped') throw new DomainError('already_settled', 'it was live: ask for its revision');
    const frozen = { ...(await findFrozen(tx, app, row.revision)), draftVersion: row.draft_version, envVersion: row.keeps_environment ? await keptEnvironment(tx, app, row.env_version) : undefined };
    const events: NewEvent[] = [];
    // Who asks once more to go back goes back, and brings no draft.
    const trigger = row.trigger === 'revert' ? 'revert' : 'retry';
    const made = await requestRevision(tx, context, actor, app, frozen, { trigger, comment: row.comment ?? undefined, keepsEnvironment: row.keeps_environment }, at, events);
    return { answer: toDeployment(made.row, context.appUrl(app.host)), events, spec: made.spec };
  });
}
