import type { DeploymentTrigger } from '@fapi/sdk/contract';
import { type RunnerSpec, schemaVersion } from '@fapi/runner-controller/work';
import { endDeployment, isUnsettled } from '../../domain/deployments/deployment.ts';
import { makeDeploymentId } from '../../domain/identifiers.ts';
import type { Parts } from '../../domain/code/revision.ts';
import type { AppRow, DraftChange } from '../../store/apps/apps.ts';
import { type DeploymentRow, listMet, makeDeployment, toDeployment, writeProgress } from '../../store/wishes/deployments.ts';
import type { NewEvent } from '../../store/history/events.ts';
import type { Tx } from '../../store/schema.ts';
import { writeWish } from '../../store/wishes/wishes.ts';
import type { Actor, Context } from '../context.ts';
import { presentKnown } from '../present-app.ts';
import { requireNotSuspended } from '../require-not-suspended.ts';

/** What is asked for: the environment of an earlier deployment where it is named, else the newest. `draft` is written with the wish. */
export interface Frozen { revision: string; bundleSha256: string; parts: Parts; draftVersion: number; envVersion?: number | undefined; draft?: DraftChange | undefined }
export interface Wish { trigger: DeploymentTrigger; comment?: string | undefined; keepsEnvironment?: boolean }

/** What the deployment asked for, to be asked for again with the environment that it had. */
export const toFrozen = (row: DeploymentRow, bundleSha256: string): Frozen => ({ revision: row.revision, bundleSha256, parts: row, draftVersion: row.draft_version, envVersion: row.env_version });

/**
 * Writes the wish for one revision with the next generation; whatever was still under way is superseded by it. Adds to `events` what is to be announced last.
 * The app must be locked. Throws `app_suspended` or `workspace_suspended`.
 */
export async function requestRevision(tx: Tx, context: Context, actor: Actor, app: AppRow, { revision, bundleSha256, parts, draftVersion, envVersion = app.env_version, draft }: Frozen, { trigger, comment, keepsEnvironment = false }: Wish, at: Date, events: NewEvent[]): Promise<{ row: DeploymentRow; spec: RunnerSpec; app: AppRow }> {
  await requireNotSuspended(tx, app);
  const generation = app.generation + 1;
  const url = context.appUrl(app.host);
  const announce = (row: DeploymentRow): void => void events.push({ workspaceId: app.workspace_id, appId: app.id, type: 'deployment', payload: toDeployment(row, url) });
  const met = await listMet(tx, app.id, app.live_deployment_id);
  for (const former of met.filter(({ status }) => isUnsettled(status))) {
    const ended = endDeployment(toDeployment(former, url), 'superseded', at.toISOString(), { reason: 'superseded', message: `deployment ${generation} of this app took its place` });
    if (ended) announce(await writeProgress(tx, former.id, ended, at));
  }
  const made = makeDeployment({
    id: makeDeploymentId(), app_id: app.id, generation, revision, draft_version: draftVersion, env_version: envVersion, created_at: at, created_by: actor.subject,
    trigger, comment: comment ?? null, keeps_environment: keepsEnvironment, code: parts.code, dependencies: parts.dependencies, exclusive: app.settings.exclusive,
  });
  const spec = makeSpec(app, made, bundleSha256);
  const updated = await writeWish(tx, { deployment: made, spec, change: { generation, draft } }, at);
  announce(made);
  events.push({ workspaceId: app.workspace_id, appId: app.id, type: 'app', payload: presentKnown(updated, met.find(({ id }) => id === app.live_deployment_id), made, context.appUrl) });
  return { row: made, spec, app: updated };
}

function makeSpec(app: AppRow, deployment: DeploymentRow, bundleSha256: string): RunnerSpec {
  const { exclusive, idleFreezeS, idleStopS } = app.settings;
  return {
    schema: schemaVersion, appId: app.id, workspaceId: app.workspace_id, generation: deployment.generation, host: app.host,
    desired: { state: 'live', deploymentId: deployment.id, revision: deployment.revision, bundleSha256, envVersion: deployment.env_version, settings: { exclusive, idleFreezeS, idleStopS }, egress: app.egress, limits: app.limits, cancelled: false, settled: false },
  };
}
