import type { Deployment, DraftPatch } from '@fapi/sdk/contract';
import { manifestOf } from '../../domain/code/files.ts';
import { digestOf, makeBundle, partsOf } from '../../domain/code/revision.ts';
import type { AppRow } from '../../store/apps/apps.ts';
import { insertBundle } from '../../store/code/bundles.ts';
import { toDeployment } from '../../store/wishes/deployments.ts';
import { writeBase } from '../../store/code/drafts.ts';
import type { NewEvent } from '../../store/history/events.ts';
import { putRevision } from '../../store/code/revisions.ts';
import type { Tx } from '../../store/schema.ts';
import { act } from '../act.ts';
import { type AskedRevision, chooseRevision } from './choose-revision.ts';
import type { Actor, Context } from '../context.ts';
import { lockLivingApp } from '../lock-app.ts';
import { getDraft } from '../drafts/read-draft.ts';
import { type Frozen, requestRevision } from './request-revision.ts';
import { lockDraft, makePatched, toFormer, writeDraft } from '../drafts/save-draft.ts';

type AskedDraft = { draftVersion: number; patch?: DraftPatch | undefined };

/** Saves, freezes and asks for the result to be live, or asks for a revision again and leaves the draft alone. One transaction, so that nobody is told before it is written down. */
export function deployApp(context: Context, actor: Actor, appId: string, input: (AskedDraft | AskedRevision) & { comment?: string | undefined }): Promise<Deployment> {
  return act(context, actor, { action: 'deployments.create', appId, input }, async (tx, at) => {
    const events: NewEvent[] = [];
    const { comment } = input;
    const { app, frozen, wish } = 'revision' in input ? await chooseFrozen(tx, actor, appId, input, at) : { ...(await freezeDraft(tx, actor, await lockDraft(tx, actor, appId, input.draftVersion), input.patch, at, comment)), wish: { trigger: 'deploy' as const } };
    const { row, spec } = await requestRevision(tx, context, actor, app, frozen, { ...wish, comment }, at, events);
    return { answer: toDeployment(row, context.appUrl(app.host)), events, spec };
  });
}

async function chooseFrozen(tx: Tx, actor: Actor, appId: string, input: AskedRevision, at: Date) {
  const app = await lockLivingApp(tx, actor, appId);
  const { frozen, trigger } = await chooseRevision(tx, app, input, at);
  return { app, frozen, wish: { trigger, keepsEnvironment: input.environment === 'as_deployed' } };
}

/** The draft of a locked app, with the patch on top, as a revision that can be asked for; one that is new begins with the comment. */
export async function freezeDraft(tx: Tx, actor: Actor, app: AppRow, patch: DraftPatch | undefined, at: Date, comment?: string): Promise<{ app: AppRow; frozen: Frozen }> {
  const former = await getDraft(tx, app);
  const files = await makePatched(tx, app.id, former.files, patch, '/patch');
  const revision = digestOf(files);
  const draft = await writeDraft(tx, actor, app.id, toFormer(former, former.files), files, at, { digest: revision, baseRevision: revision });
  if (!draft && former.base_revision !== revision) await writeBase(tx, app.id, former.version, revision);
  const bundle = await makeBundle(files);
  const row = { app_id: app.id, digest: revision, manifest: manifestOf(files), bundle_sha256: bundle.sha256, created_at: at, created_by: actor.subject, comment };
  // Mostly a validation has stored the bundle a moment ago: then its bytes are not sent again.
  if (!(await putRevision(tx, row))) {
    await insertBundle(tx, bundle, at);
    await putRevision(tx, row);
  }
  return { app, frozen: { revision, bundleSha256: bundle.sha256, parts: partsOf(files), draftVersion: draft?.version ?? app.draft_version, draft } };
}
