import type { Deployment, DraftPatch } from '@fapi/sdk/contract';
import { type RunnerSpec, schemaVersion } from '@fapi/runner-controller/work';
import { endDeployment } from '../domain/deployment.ts';
import { DomainError } from '../domain/errors.ts';
import { manifestOf } from '../domain/files.ts';
import { makeDeploymentId } from '../domain/identifiers.ts';
import { digestOf, makeBundle } from '../domain/revision.ts';
import { type AppRow, type DraftChange, updateApp } from '../store/apps.ts';
import { findRevisionBundle, putBundle } from '../store/bundles.ts';
import { type DeploymentRow, findLatestOf, insertDeployment, listUnsettled, toDeployment, writeProgress } from '../store/deployments.ts';
import { writeBase } from '../store/drafts.ts';
import type { NewEvent } from '../store/events.ts';
import { putRevision } from '../store/revisions.ts';
import type { Tx } from '../store/schema.ts';
import { putSpec } from '../store/specs.ts';
import { act } from './act.ts';
import type { Actor, Context } from './context.ts';
import { lockLivingApp } from './lock-app.ts';
import { presentApp } from './present-app.ts';
import { getDraft } from './read-draft.ts';
import { lockDraft, makePatched, toFormer, writeDraft } from './save-draft.ts';

/** Saves, freezes and asks for the result to be live, or asks for a revision again and leaves the draft alone. One transaction, so that nobody is told before it is written down. */
export function deployApp(context: Context, actor: Actor, appId: string, input: { draftVersion: number; patch?: DraftPatch | undefined } | { revision: string }): Promise<Deployment> {
  return act(context, actor, { action: 'deployments.create', appId, input }, async (tx, at) => {
    const events: NewEvent[] = [];
    const { app, frozen } = 'revision' in input ? await findFrozen(tx, actor, appId, input.revision) : await freezeDraft(tx, actor, appId, input, at);
    const { row, spec } = await requestRevision(tx, context, actor, app, frozen, at, events);
    return { answer: toDeployment(row, context.appUrl(app.host)), events, spec };
  });
}

/** What is asked for: the environment of an earlier deployment where it is named, else the newest. `draft` is written with the wish. */
interface Frozen { revision: string; bundleSha256: string; draftVersion: number; envVersion?: number; draft?: DraftChange | undefined }

async function freezeDraft(tx: Tx, actor: Actor, appId: string, input: { draftVersion: number; patch?: DraftPatch | undefined }, at: Date): Promise<{ app: AppRow; frozen: Frozen }> {
  const row = await lockDraft(tx, actor, appId, input.draftVersion);
  const former = await getDraft(tx, row);
  const files = await makePatched(tx, appId, former.files, input.patch, '/patch');
  const revision = digestOf(files);
  const draft = await writeDraft(tx, actor, appId, toFormer(former, former.files), files, at, { digest: revision, baseRevision: revision });
  if (!draft && former.base_revision !== revision) await writeBase(tx, appId, former.version, revision);
  const bundle = await makeBundle(files);
  await putBundle(tx, bundle, at);
  await putRevision(tx, { app_id: appId, digest: revision, manifest: manifestOf(files), bundle_sha256: bundle.sha256, created_at: at, created_by: actor.subject });
  return { app: row, frozen: { revision, bundleSha256: bundle.sha256, draftVersion: draft?.version ?? row.draft_version, draft } };
}

async function findFrozen(tx: Tx, actor: Actor, appId: string, revision: string): Promise<{ app: AppRow; frozen: Frozen }> {
  const app = await lockLivingApp(tx, actor, appId);
  const bundleSha256 = await findRevisionBundle(tx, appId, revision);
  const former = await findLatestOf(tx, appId, revision);
  if (bundleSha256 === undefined || !former) throw new DomainError('revision_not_found', 'this app has never been asked to serve it');
  return { app, frozen: { revision, bundleSha256, draftVersion: former.draft_version } };
}

/** Writes the wish for one revision with the next generation; whatever was still under way is superseded by it. Adds to `events` what is to be announced last. */
export async function requestRevision(tx: Tx, context: Context, actor: Actor, app: AppRow, { revision, bundleSha256, draftVersion, envVersion = app.env_version, draft }: Frozen, at: Date, events: NewEvent[]): Promise<{ row: DeploymentRow; spec: RunnerSpec }> {
  const generation = app.generation + 1;
  const url = context.appUrl(app.host);
  const announce = (row: DeploymentRow): void => void events.push({ workspaceId: app.workspace_id, appId: app.id, type: 'deployment', payload: toDeployment(row, url) });
  for (const former of await listUnsettled(tx, app.id)) {
    const ended = endDeployment(toDeployment(former, url), 'superseded', at.toISOString(), { reason: 'superseded', message: `deployment ${generation} of this app took its place` });
    if (ended) announce(await writeProgress(tx, former.id, ended, at));
  }
  const made = await insertDeployment(tx, { id: makeDeploymentId(), app_id: app.id, generation, revision, draft_version: draftVersion, env_version: envVersion, created_at: at, created_by: actor.subject });
  const updated = await updateApp(tx, app.id, { generation, draft });
  const spec = makeSpec(updated, made, bundleSha256);
  await putSpec(tx, spec, at);
  announce(made);
  events.push({ workspaceId: app.workspace_id, appId: app.id, type: 'app', payload: await presentApp(tx, updated, context.appUrl, made) });
  return { row: made, spec };
}

function makeSpec(app: AppRow, deployment: DeploymentRow, bundleSha256: string): RunnerSpec {
  return {
    schema: schemaVersion, appId: app.id, workspaceId: app.workspace_id, generation: deployment.generation, host: app.host,
    desired: { state: 'live', deploymentId: deployment.id, revision: deployment.revision, bundleSha256, envVersion: deployment.env_version, settings: app.settings, egress: app.egress, cancelled: false, settled: false },
  };
}
