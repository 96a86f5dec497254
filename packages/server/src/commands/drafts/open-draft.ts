import type { DraftPatch } from '@fapi/sdk/contract';
import type { DraftFile } from '../../domain/code/files.ts';
import { digestOf, makeBundle } from '../../domain/code/revision.ts';
import { checkVersion } from '../../domain/version.ts';
import type { AppRow } from '../../store/apps/apps.ts';
import { putBundle } from '../../store/code/bundles.ts';
import type { Actor, Context } from '../context.ts';
import { getApp } from '../get-app.ts';
import { getDraft } from './read-draft.ts';
import { makePatched } from './save-draft.ts';

export interface OpenedDraft { app: AppRow; files: readonly DraftFile[]; revision: string; bundleSha256: string }

/** The draft with the patch on top, as a revision that a runner can fetch; saves nothing but the bundle, which is collected later. */
export async function openDraft(context: Context, actor: Actor, appId: string, { draftVersion, patch }: { draftVersion: number; patch?: DraftPatch | undefined }): Promise<OpenedDraft> {
  const app = await getApp(context, actor, appId);
  checkVersion('draft', draftVersion, app.draft_version);
  return bundle(context, app, patch);
}

/** As `openDraft`, of whatever version was saved last. */
export const openSavedDraft = async (context: Context, actor: Actor, appId: string): Promise<OpenedDraft> => bundle(context, await getApp(context, actor, appId), undefined);

async function bundle(context: Context, app: AppRow, patch: DraftPatch | undefined): Promise<OpenedDraft> {
  const files = await makePatched(context.db, app.id, (await getDraft(context.db, app)).files, patch, '/patch');
  const made = await makeBundle(files);
  await putBundle(context.db, made, context.now());
  return { app, files, revision: digestOf(files), bundleSha256: made.sha256 };
}
