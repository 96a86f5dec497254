import type { Deployment } from '@fapi/sdk/contract';
import { schemaVersion } from '@fapi/runner-controller/work';
import { endDeployment, isCancellable, isUnsettled } from '../../domain/deployments/deployment.ts';
import { DomainError } from '../../domain/errors.ts';
import { findApp } from '../../store/apps/apps.ts';
import { findDeployment, toDeployment, writeProgress } from '../../store/wishes/deployments.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { lockLivingApp } from '../lock-app.ts';
import { presentApp } from '../present-app.ts';
import { markSpec } from './mark-spec.ts';

const verdictMs = 1_000;

/** Cancels what has not switched yet. From `starting` on the switch may have happened: 409 `already_live`, unless the controller itself has just stopped it, as one that was started again does with what its predecessor had not switched. */
export async function cancelDeployment(context: Context, actor: Actor, appId: string, deploymentId: string): Promise<Deployment> {
  const verdict = await stopBeforeSwitch(context, actor, appId, deploymentId);
  return act(context, actor, { action: 'deployments.cancel', appId, input: { deploymentId } }, async (tx, at) => {
    const app = await lockLivingApp(tx, actor, appId);
    const row = await findDeployment(tx, appId, deploymentId);
    if (!row) throw new DomainError('deployment_not_found');
    const url = context.appUrl(app.host);
    const ended = (verdict === 'stopped' || isCancellable(row.status)) && endDeployment(toDeployment(row, url), 'cancelled', at.toISOString(), { reason: 'cancelled', message: `cancelled by ${actor.subject}` });
    // The controller's own word of it may be here first.
    if (verdict && row.status === 'cancelled') return { answer: toDeployment(row, url) };
    if (!ended) throw new DomainError(row.status === 'live' || isUnsettled(row.status) ? 'already_live' : 'already_settled', `the deployment is ${row.status}`);
    const written = toDeployment(await writeProgress(tx, row.id, ended, at), url);
    await markSpec(tx, appId, row.generation, { cancelled: true }, at);
    const payload = await presentApp(tx, app, context.appUrl);
    return { answer: written, events: [{ workspaceId: app.workspace_id, appId, type: 'deployment', payload: written }, { workspaceId: app.workspace_id, appId, type: 'app', payload }] };
  });
}

/** The rows hear of a switch only after it: whether it has begun is known where it is made. Where nobody answers, nobody switches now; what was switched before only the rows can say. Undefined when there was nothing to ask about. */
async function stopBeforeSwitch(context: Context, actor: Actor, appId: string, deploymentId: string): Promise<'stopped' | 'unheard' | undefined> {
  const app = await findApp(context.db, actor.workspaceId, appId);
  const row = app && (await findDeployment(context.db, appId, deploymentId));
  if (!row || !isUnsettled(row.status)) return undefined;
  const call = { schema: schemaVersion, kind: 'cancel', appId, generation: row.generation } as const;
  const answer = await context.bus.calls.request(call, { timeoutMs: verdictMs }).catch(() => undefined);
  if (answer?.kind !== 'cancel') return 'unheard';
  if (!answer.isCancelled) throw new DomainError('already_live', 'the switch has begun');
  return 'stopped';
}
