import type { AppFile, Draft } from '@fapi/sdk/contract';
import { DomainError } from '../domain/errors.ts';
import { checkFiles, type DraftFile, hashFile, type ManifestEntry, manifestOf, sortFiles, toAppFiles } from '../domain/files.ts';
import { digestOf } from '../domain/revision.ts';
import { checkVersion } from '../domain/version.ts';
import { type AppRow, type DraftChange, updateApp } from '../store/apps.ts';
import { findDraft, findManifest, insertDraft, type WholeDraft } from '../store/drafts.ts';
import type { Database, Tx } from '../store/schema.ts';
import { act, type Request } from './act.ts';
import type { Actor, Context } from './context.ts';
import { getApp } from './get-app.ts';
import { lockLivingApp } from './lock-app.ts';
import { presentApp } from './present-app.ts';

export const presentDraft = ({ app_id, version, files, base_revision, saved_at, saved_by }: WholeDraft): Draft =>
  ({ appId: app_id, version, files: toAppFiles(files), savedAt: saved_at.toISOString(), savedBy: saved_by, ...(base_revision === null ? {} : { baseRevision: base_revision }) });

/** The newest draft of an app that was read or locked; what the app's row names is always kept. */
export async function getDraft(db: Database | Tx, app: Pick<AppRow, 'id' | 'draft_version'>): Promise<WholeDraft> {
  const draft = await findDraft(db, app.id, app.draft_version);
  if (!draft) throw new Error(`app ${app.id} has no draft ${app.draft_version}`);
  return draft;
}

/** The living app, locked, at the draft version the caller has seen; else `app_not_found` or `draft_conflict`. */
export async function lockDraft(tx: Tx, actor: Actor, appId: string, version: number): Promise<AppRow> {
  const row = await lockLivingApp(tx, actor, appId);
  checkVersion('draft', version, row.draft_version);
  return row;
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
  return { version, digest, at, by: actor.subject };
}

/** Of an answer that is a draft only its version is kept for a second call: its files are where they are. */
export const replayDraft = (appId: string): NonNullable<Request<Draft, number>['replay']> => ({
  keep: (draft) => draft.version,
  async restore(tx, version) {
    const draft = await findDraft(tx, appId, version);
    if (!draft) throw new DomainError('draft_conflict', `the call was done and made version ${version}, which is not kept any more`);
    return presentDraft(draft);
  },
});

/** Compare and swap: replaces the draft if `version` is still the one that is there. Invalid code saves; invalid paths and sizes do not. */
export function saveDraft(context: Context, actor: Actor, appId: string, version: number, input: readonly AppFile[]): Promise<Draft> {
  checkFiles(input);
  const files = sortFiles(input).map(hashFile);
  return act(context, actor, { action: 'drafts.save', appId, input: { version, files: manifestOf(files) }, replay: replayDraft(appId) }, async (tx, at) => {
    const app = await lockDraft(tx, actor, appId, version);
    const former = await findManifest(tx, appId, version);
    if (!former) throw new Error(`app ${appId} has no draft ${version}`);
    const change = await writeDraft(tx, actor, appId, toFormer(former, former.manifest), files, at);
    if (!change) return { answer: presentDraft({ ...former, files }) };
    const saved = await updateApp(tx, app.id, { draft: change });
    const payload = await presentApp(tx, saved, context.appUrl);
    return { answer: presentDraft({ ...former, version: change.version, saved_at: at, saved_by: actor.subject, files }), events: [{ workspaceId: actor.workspaceId, appId, type: 'app', payload }] };
  });
}

/** The newest draft as people see it. */
export const readDraft = async (context: Context, actor: Actor, appId: string): Promise<Draft> => presentDraft(await getDraft(context.db, await getApp(context, actor, appId)));
