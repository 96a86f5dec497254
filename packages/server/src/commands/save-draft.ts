import type { AppFile, Draft } from '@fapi/sdk/contract';
import { checkFiles, sortFiles } from '../domain/files.ts';
import { digestOf } from '../domain/revision.ts';
import { checkVersion } from '../domain/version.ts';
import { type AppRow, type DraftChange, updateApp } from '../store/apps.ts';
import type { Tx } from '../store/schema.ts';
import { act } from './act.ts';
import type { Actor, Context } from './context.ts';
import { lockLivingApp } from './lock-app.ts';
import { presentApp } from './present-app.ts';

export const presentDraft = (row: AppRow): Draft => ({ appId: row.id, version: row.draft_version, files: row.draft_files, savedAt: row.draft_saved_at.toISOString(), savedBy: row.draft_saved_by });

/** The living app, locked, at the draft version the caller has seen; else `app_not_found` or `draft_conflict`. */
export async function lockDraft(tx: Tx, actor: Actor, appId: string, version: number): Promise<AppRow> {
  const row = await lockLivingApp(tx, actor, appId);
  checkVersion('draft', version, row.draft_version);
  return row;
}

/** New files are the next version; the same files are no change. */
export function changeFiles(actor: Actor, row: AppRow, files: readonly AppFile[], at: Date): DraftChange | undefined {
  const digest = digestOf(files);
  return digest === row.draft_digest ? undefined : { version: row.draft_version + 1, files, digest, at, by: actor.subject };
}

/** Compare and swap: replaces the draft if `version` is still the one that is there. Invalid code saves; invalid paths and sizes do not. */
export function saveDraft(context: Context, actor: Actor, appId: string, version: number, input: readonly AppFile[]): Promise<Draft> {
  checkFiles(input);
  const files = sortFiles(input);
  return act(context, actor, { action: 'drafts.save', appId, input: { version, files } }, async (tx, at) => {
    const row = await lockDraft(tx, actor, appId, version);
    const change = changeFiles(actor, row, files, at);
    if (!change) return { answer: presentDraft(row) };
    const saved = await updateApp(tx, row.id, { draft: change });
    const app = await presentApp(tx, saved, context.appUrl);
    return { answer: presentDraft(saved), events: [{ workspaceId: actor.workspaceId, appId, type: 'app', payload: app }] };
  });
}
