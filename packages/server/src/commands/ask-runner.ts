import type { DraftPatch } from '@fapi/sdk/contract';
import { type Call, type CallAnswer, CallTimeoutError, NobodyServesError } from '@fapi/runner-controller/work';
import { DomainError } from '../domain/errors.ts';
import { applyPatch, checkFiles } from '../domain/files.ts';
import { digestOf, makeBundle } from '../domain/revision.ts';
import { checkVersion } from '../domain/version.ts';
import { type AppRow, findApp } from '../store/apps.ts';
import { putBundle } from '../store/bundles.ts';
import type { Actor, Context } from './context.ts';

export interface OpenedDraft { app: AppRow; revision: string; bundleSha256: string }

/** The draft with the patch on top, as a revision that a runner can fetch; saves nothing but the bundle, which is collected later. */
export async function openDraft(context: Context, actor: Actor, appId: string, { draftVersion, patch }: { draftVersion: number; patch?: DraftPatch | undefined }): Promise<OpenedDraft> {
  const app = await findApp(context.db, actor.workspaceId, appId);
  if (!app) throw new DomainError('app_not_found');
  checkVersion('draft', draftVersion, app.draft_version);
  const files = applyPatch(app.draft_files, patch);
  checkFiles(files);
  const bundle = await makeBundle(files);
  await putBundle(context.db, bundle, context.now());
  return { app, revision: digestOf(files), bundleSha256: bundle.sha256 };
}

/** Asks whoever runs apps; throws `runner_unavailable` when nobody answers in time. */
export async function askRunner<K extends Call['kind']>(context: Context, call: Extract<Call, { kind: K }>, timeoutMs: number): Promise<Extract<CallAnswer, { kind: K }>> {
  try {
    const answer = await context.bus.calls.request(call, { timeoutMs });
    if (answer.kind === call.kind) return answer as Extract<CallAnswer, { kind: K }>;
    throw new DomainError('runner_unavailable', answer.kind === 'refused' ? answer.message : 'the runner answered something else');
  } catch (error) {
    if (error instanceof NobodyServesError || error instanceof CallTimeoutError) throw new DomainError('runner_unavailable', error.message);
    throw error;
  }
}
