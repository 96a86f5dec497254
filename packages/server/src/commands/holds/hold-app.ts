import type { DeploymentReason, DeploymentTrigger } from '@fapi/sdk/contract';
import { type RunnerSpec, schemaVersion } from '@fapi/runner-controller/work';
import { endDeployment } from '../../domain/deployments/deployment.ts';
import { type AppRow, updateApp } from '../../store/apps/apps.ts';
import { findRevisionBundle } from '../../store/code/bundles.ts';
import { findDeployment, listUnsettled, toDeployment, writeProgress } from '../../store/wishes/deployments.ts';
import { findEnvironment } from '../../store/apps/environments.ts';
import type { NewEvent } from '../../store/history/events.ts';
import type { Tx } from '../../store/schema.ts';
import { putSpec } from '../../store/wishes/specs.ts';
import type { Actor, Context } from '../context.ts';
import { presentApp } from '../present-app.ts';
import { requestRevision, toFrozen } from '../deployments/request-revision.ts';

export interface Why { reason: DeploymentReason; message: string }

/** Who asks for a deployment that only brings back what was live: of a hold it is the same as what is live. */
const bringsBack = new Set<DeploymentTrigger>(['rollback', 'restore', 'resume']);

/**
 * Has an app served by nobody, with the next generation, and remembers what was live, to be asked for again. Everything under way ends. Its folder is kept.
 * The app must be locked. Answers its row; `events` gets what ended.
 */
export async function holdApp(tx: Tx, context: Context, app: AppRow, why: Why, { isHidden, held: known, at, events }: { isHidden: boolean; held?: string; at: Date; events: NewEvent[] }): Promise<AppRow> {
  const url = context.appUrl(app.host);
  const unsettled = await listUnsettled(tx, app.id);
  const live = app.live_deployment_id === null ? undefined : await findDeployment(tx, app.id, app.live_deployment_id);
  for (const row of [...unsettled, ...(live ? [live] : [])]) {
    const ended = endDeployment(toDeployment(row, url), row.status === 'live' ? 'stopped' : 'superseded', at.toISOString(), why);
    if (ended) events.push({ workspaceId: app.workspace_id, appId: app.id, type: 'deployment', payload: toDeployment(await writeProgress(tx, row.id, ended, at), url) });
  }
  const held = known ?? app.held_deployment_id ?? app.live_deployment_id ?? unsettled.find(({ trigger }) => bringsBack.has(trigger))?.id ?? null;
  const changed = await updateApp(tx, app.id, { generation: app.generation + 1, live_deployment_id: null, held_deployment_id: held });
  await putSpec(tx, stoppedSpec(changed, isHidden), at);
  return changed;
}

/** Asks again for what was live when the app was stopped, with the environment that it had. What cannot be had any more is not asked for: the app is back, and nothing of it is live. The app must be locked. */
export async function releaseApp(tx: Tx, context: Context, actor: Actor, app: AppRow, trigger: 'resume' | 'restore', at: Date, events: NewEvent[]): Promise<AppRow> {
  const former = app.held_deployment_id === null ? undefined : await findDeployment(tx, app.id, app.held_deployment_id);
  const bundleSha256 = former && (await findRevisionBundle(tx, app.id, former.revision));
  const cleared = await updateApp(tx, app.id, { held_deployment_id: null });
  if (!former || bundleSha256 === undefined) {
    // No longer hidden, and as much stopped as before.
    const shown = await updateApp(tx, app.id, { generation: app.generation + 1 });
    await putSpec(tx, stoppedSpec(shown, false), at);
    events.push({ workspaceId: app.workspace_id, appId: app.id, type: 'app', payload: await presentApp(tx, shown, context.appUrl) });
    return shown;
  }
  const isKept = former.env_version === 0 || (await findEnvironment(tx, app.id, former.env_version)) !== undefined;
  const frozen = { ...toFrozen(former, bundleSha256), ...(isKept ? {} : { envVersion: app.env_version }) };
  return (await requestRevision(tx, context, actor, cleared, frozen, { trigger, keepsEnvironment: isKept }, at, events)).app;
}

export const stoppedSpec = (app: AppRow, isHidden: boolean): RunnerSpec => ({ schema: schemaVersion, appId: app.id, workspaceId: app.workspace_id, generation: app.generation, host: app.host, desired: { state: 'stopped', isHidden } });
