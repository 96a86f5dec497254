import type { Deployment, DraftPatch } from '@fapi/sdk/contract';
import { type RunnerSpec, schemaVersion } from '@fapi/runner-controller/work';
import { endDeployment } from '../domain/deployment.ts';
import { DomainError } from '../domain/errors.ts';
import { applyPatch, checkFiles } from '../domain/files.ts';
import { makeDeploymentId } from '../domain/identifiers.ts';
import { digestOf, makeBundle } from '../domain/revision.ts';
import { audit } from '../store/access.ts';
import { type AppRow, updateApp } from '../store/apps.ts';
import { putBundle, putRevision } from '../store/bundles.ts';
import { type DeploymentRow, insertDeployment, listUnsettled, toDeployment, writeProgress } from '../store/deployments.ts';
import { appendEvents, type NewEvent } from '../store/events.ts';
import type { Tx } from '../store/schema.ts';
import { putSpec } from '../store/specs.ts';
import type { Actor, Context } from './context.ts';
import { withIdempotency } from './idempotency.ts';
import { presentApp } from './present-app.ts';
import { lockDraft, writeFiles } from './save-draft.ts';

/** Saves, freezes and asks for the result to be live: one transaction, so that nobody is told before it is written down. */
export async function deployApp(context: Context, actor: Actor, appId: string, input: { draftVersion: number; patch?: DraftPatch | undefined } | { revision: string }, key: string | undefined): Promise<Deployment> {
  const at = context.now();
  let spec: RunnerSpec | undefined;
  const deployment = await context.db.transaction().execute(async (tx) => {
    const events: NewEvent[] = [];
    return withIdempotency(tx, actor, key, ['deploy-app', appId, input], at, async () => {
      if (!('draftVersion' in input)) throw new DomainError('revision_not_found');
      const row = await lockDraft(tx, actor, appId, input.draftVersion);
      const files = applyPatch(row.draft_files, input.patch);
      checkFiles(files);
      const saved = await writeFiles(tx, actor, row, files, at);
      const bundle = await makeBundle(files);
      const digest = digestOf(files);
      await putBundle(tx, bundle, at);
      await putRevision(tx, { app_id: appId, digest, files, bundle_sha256: bundle.sha256, created_at: at });
      const made = await requestRevision(tx, context, actor, saved, { revision: digest, bundleSha256: bundle.sha256 }, at, events);
      spec = made.spec;
      await audit(tx, { ...actor, action: 'deployment.create', appId }, at);
      return toDeployment(made.row, context.appUrl(row.host));
    }, () => appendEvents(tx, events, at));
  });
  context.wakeRelay(spec);
  context.wakeStreams();
  return deployment;
}

/** Writes the wish for one revision with the next generation; whatever was still under way is superseded by it. Adds to `events` what is to be announced last. */
export async function requestRevision(tx: Tx, context: Context, actor: Actor, app: AppRow, { revision, bundleSha256 }: { revision: string; bundleSha256: string }, at: Date, events: NewEvent[]): Promise<{ row: DeploymentRow; spec: RunnerSpec }> {
  const generation = app.generation + 1;
  const url = context.appUrl(app.host);
  const announce = (row: DeploymentRow): void => void events.push({ workspaceId: app.workspace_id, appId: app.id, type: 'deployment', payload: toDeployment(row, url) });
  for (const former of await listUnsettled(tx, app.id)) {
    const ended = endDeployment(toDeployment(former, url), 'superseded', at.toISOString(), { reason: 'superseded', message: `deployment ${generation} of this app took its place` });
    if (ended) announce(await writeProgress(tx, former.id, ended, at));
  }
  const made = await insertDeployment(tx, { id: makeDeploymentId(), app_id: app.id, generation, revision, draft_version: app.draft_version, created_at: at, created_by: actor.subject });
  const updated = await updateApp(tx, app.id, { generation });
  const spec = makeSpec(updated, made, bundleSha256);
  await putSpec(tx, spec, at);
  announce(made);
  events.push({ workspaceId: app.workspace_id, appId: app.id, type: 'app', payload: await presentApp(tx, updated, context.appUrl) });
  return { row: made, spec };
}

function makeSpec(app: AppRow, deployment: DeploymentRow, bundleSha256: string): RunnerSpec {
  return {
    schema: schemaVersion, appId: app.id, workspaceId: app.workspace_id, generation: deployment.generation, host: app.host,
    desired: { state: 'live', deploymentId: deployment.id, revision: deployment.revision, bundleSha256, envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [], cancelled: false, settled: false },
  };
}
