import type { DraftPatch } from '@fapi/sdk/contract';
import { digestOf, makeBundle } from '../domain/revision.ts';
import { checkVersion } from '../domain/version.ts';
import type { AppRow } from '../store/apps.ts';
import { putBundle } from '../store/bundles.ts';
import type { Actor, Context } from './context.ts';
import { getApp } from './get-app.ts';
import { getDraft } from './read-draft.ts';
import { makePatched } from './save-draft.ts';

export interface OpenedDraft { app: AppRow; revision: string; bundleSha256: string }

/** The draft with the patch on top, as a revision that a runner can fetch; saves nothing but the bundle, which is collected later. */
export async function openDraft(context: Context, actor: Actor, appId: string, { draftVersion, patch }: { draftVersion: number; patch?: DraftPatch | undefined }): Promise<OpenedDraft> {
  const app = await getApp(context, actor, appId);
  checkVersion('draft', draftVersion, app.draft_version);
  const files = await makePatched(context.db, app.id, (await getDraft(context.db, app)).files, patch, '/patch');
  const bundle = await makeBundle(files);
  await putBundle(context.db, bundle, context.now());
  return { app, revision: digestOf(files), bundleSha256: bundle.sha256 };
}
