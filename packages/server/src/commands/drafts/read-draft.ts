import type { Draft, DraftVersion } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { toAppFiles } from '../../domain/code/files.ts';
import type { AppRow } from '../../store/apps/apps.ts';
import { listOwned } from '../../store/code/contents.ts';
import { findDraft, type VersionRow, type WholeDraft } from '../../store/code/drafts.ts';
import type { Database, Tx } from '../../store/schema.ts';
import type { Actor, Context } from '../context.ts';
import { getApp } from '../get-app.ts';

export const presentDraft = ({ app_id, version, files, base_revision, saved_at, saved_by }: WholeDraft): Draft =>
  ({ appId: app_id, version, files: toAppFiles(files), savedAt: saved_at.toISOString(), savedBy: saved_by, ...(base_revision === null ? {} : { baseRevision: base_revision }) });

export const presentVersion = ({ version, digest, base_revision, saved_at, saved_by, files, bytes }: VersionRow): DraftVersion =>
  ({ version, digest, savedAt: saved_at.toISOString(), savedBy: saved_by, files, bytes, ...(base_revision === null ? {} : { baseRevision: base_revision }) });

/** The newest draft of an app that was read or locked; what the app's row names is always kept. */
export async function getDraft(db: Database | Tx, app: Pick<AppRow, 'id' | 'draft_version'>): Promise<WholeDraft> {
  const draft = await findDraft(db, app.id, app.draft_version);
  if (!draft) throw new Error(`app ${app.id} has no draft ${app.draft_version}`);
  return draft;
}

/** The newest draft as people see it. */
export const readDraft = async (context: Context, actor: Actor, appId: string): Promise<Draft> => presentDraft(await getDraft(context.db, await getApp(context, actor, appId)));

/** A version that is kept, else `draft_version_not_found`. */
export async function readDraftVersion(context: Context, actor: Actor, appId: string, version: number): Promise<Draft> {
  const { id } = await getApp(context, actor, appId);
  const draft = await findDraft(context.db, id, version);
  if (!draft) throw new DomainError('draft_version_not_found');
  return presentDraft(draft);
}

/** Of these digests those whose texts must be sent: what only other apps have counts as had by nobody. */
export async function listNeeds(context: Context, actor: Actor, appId: string, hashes: readonly string[]): Promise<string[]> {
  const { id } = await getApp(context, actor, appId);
  const owned = await listOwned(context.db, id, hashes);
  return [...new Set(hashes)].filter((hash) => !owned.has(hash));
}
