import type { AppFile, Draft, DraftPatch } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { checkFiles, type DraftFile, hashFile, type ManifestEntry, manifestOf, sortFiles } from '../../domain/code/files.ts';
import { applyPatch, listHashes } from '../../domain/code/patch.ts';
import { digestOf, partsOf } from '../../domain/code/revision.ts';
import { makeConflict } from '../../domain/version.ts';
import { type AppRow, type DraftChange, updateApp } from '../../store/apps/apps.ts';
import { findTexts } from '../../store/code/contents.ts';
import { findDraft, findManifest, insertDraft, type WholeDraft } from '../../store/code/drafts.ts';
import type { Database, Tx } from '../../store/schema.ts';
import { act, type Outcome, type Request } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { lockLivingApp } from '../lock-app.ts';
import { presentApp } from '../present-app.ts';
import { getDraft, presentDraft } from './read-draft.ts';

/** The living app, locked, at the draft version the caller has seen; else `app_not_found`, or `draft_conflict` with both sides of a merge that the caller does not have. */
export async function lockDraft(tx: Tx, actor: Actor, appId: string, version: number): Promise<AppRow> {
  const row = await lockLivingApp(tx, actor, appId);
  if (version === row.draft_version) return row;
  const base = version > 0 && version < row.draft_version ? await findDraft(tx, appId, version) : undefined;
  throw makeConflict('draft', version, row.draft_version, { current: presentDraft(await getDraft(tx, row)), ...(base ? { base: presentDraft(base) } : {}) });
}

/** The draft with the patch made, its texts found among those that the app has or had. `at` is the place of the patch in the body. */
export async function makePatched(db: Database | Tx, appId: string, files: readonly DraftFile[], patch: DraftPatch | undefined, at: string): Promise<DraftFile[]> {
  const hashes = listHashes(files, patch);
  return applyPatch(files, patch, { at, ...(hashes.length > 0 ? { texts: await findTexts(db, appId, hashes) } : {}) });
}

/** What the newest draft was: the next one names its texts without storing them again. */
export interface FormerDraft { version: number; digest: string; baseRevision: string | null; sha256s: ReadonlySet<string> }
export const toFormer = ({ version, digest, base_revision }: Pick<WholeDraft, 'version' | 'digest' | 'base_revision'>, entries: readonly ManifestEntry[]): FormerDraft => ({ version, digest, baseRevision: base_revision, sha256s: new Set(entries.map(({ sha256 }) => sha256)) });

/**
 * New files are the next version, written here; its facts go into the app's row with whatever else changes there. The same files are no change.
 * `baseRevision` names what the files were taken from, or frozen as; else it is that of the version before.
 */
export async function writeDraft(tx: Tx, actor: Actor, appId: string, former: FormerDraft, files: readonly DraftFile[], at: Date, { digest = digestOf(files), baseRevision = former.baseRevision }: { digest?: string; baseRevision?: string | null } = {}): Promise<DraftChange | undefined> {
  if (digest === former.digest) return undefined;
  const version = former.version + 1;
  await insertDraft(tx, { app_id: appId, version, digest, manifest: manifestOf(files), base_revision: baseRevision, saved_at: at, saved_by: actor.subject }, files.filter(({ sha256 }) => !former.sha256s.has(sha256)));
  return { version, digest, ...partsOf(files), at, by: actor.subject };
}

/** Of an answer that is a draft only its version is kept for a second call: its files are where they are. */
const replayDraft = (appId: string): NonNullable<Request<Draft, number>['replay']> => ({
  keep: (draft) => draft.version,
  async restore(tx, version) {
    const draft = await findDraft(tx, appId, version);
    if (!draft) throw new DomainError('draft_conflict', `the call was done and made version ${version}, which is not kept any more`);
    return presentDraft(draft);
  },
});

/** Compare and swap: replaces the draft if `version` is still the one that is there. Invalid code saves; invalid paths and sizes do not. */
export function saveDraft(context: Context, actor: Actor, appId: string, version: number, input: readonly AppFile[], action = 'drafts.save'): Promise<Draft> {
  checkFiles(input);
  const files = sortFiles(input).map(hashFile);
  return act(context, actor, { action, appId, input: { version, files: manifestOf(files) }, replay: replayDraft(appId) }, async (tx, at) => {
    const app = await lockDraft(tx, actor, appId, version);
    const former = await findManifest(tx, appId, version);
    if (!former) throw new Error(`app ${appId} has no draft ${version}`);
    return finish(tx, context, actor, app, await writeDraft(tx, actor, appId, toFormer(former, former.manifest), files, at), { ...former, files });
  });
}

/** Makes all changes of a patch as one, if `version` is still the one that is there. */
export function patchDraft(context: Context, actor: Actor, appId: string, version: number, patch: DraftPatch): Promise<Draft> {
  return act(context, actor, { action: 'drafts.patch', appId, input: { version, patch }, replay: replayDraft(appId) }, async (tx, at) => {
    const app = await lockDraft(tx, actor, appId, version);
    const former = await getDraft(tx, app);
    const files = await makePatched(tx, appId, former.files, patch, '');
    return finish(tx, context, actor, app, await writeDraft(tx, actor, appId, toFormer(former, former.files), files, at), { ...former, files });
  });
}

/** The app's row says what was written, and its streams; without a change nobody is told. */
async function finish(tx: Tx, context: Context, { workspaceId }: Actor, app: AppRow, change: DraftChange | undefined, draft: WholeDraft): Promise<Outcome<Draft>> {
  if (!change) return { answer: presentDraft(draft) };
  const payload = await presentApp(tx, await updateApp(tx, app.id, { draft: change }), context.appUrl);
  return { answer: presentDraft({ ...draft, version: change.version, saved_at: change.at, saved_by: change.by }), events: [{ workspaceId, appId: app.id, type: 'app', payload }] };
}
