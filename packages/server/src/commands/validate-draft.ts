import type { DraftPatch, Validation } from '@fapi/sdk/contract';
import { CallTimeoutError, NobodyServesError, schemaVersion } from '@fapi/runner-controller/work';
import { DomainError } from '../domain/errors.ts';
import { applyPatch, checkFiles } from '../domain/files.ts';
import { digestOf, makeBundle } from '../domain/revision.ts';
import { findApp } from '../store/apps.ts';
import { putBundle } from '../store/bundles.ts';
import type { Actor, Context } from './context.ts';

const timeoutMs = 30_000;

/** Asks a runner for every finding of the draft with the patch on top; saves nothing but the bundle, which is collected later. */
export async function validateDraft(context: Context, actor: Actor, appId: string, input: { draftVersion: number; patch?: DraftPatch | undefined }): Promise<Validation> {
  const app = await findApp(context.db, actor.workspaceId, appId);
  if (!app) throw new DomainError('app_not_found');
  if (app.draft_version !== input.draftVersion) throw new DomainError('draft_conflict', `version ${input.draftVersion} was named and version ${app.draft_version} is there`, { currentVersion: app.draft_version });
  const files = applyPatch(app.draft_files, input.patch);
  checkFiles(files);
  const bundle = await makeBundle(files);
  const digest = digestOf(files);
  await putBundle(context.db, bundle, context.now());
  try {
    const answer = await context.bus.calls.request({ schema: schemaVersion, kind: 'validate', appId, revision: digest, bundleSha256: bundle.sha256 }, { timeoutMs });
    if (answer.kind !== 'validate') throw new DomainError('runner_unavailable', answer.kind === 'refused' ? answer.message : 'the runner answered something else');
    return { draftVersion: input.draftVersion, digest, findings: answer.findings, durationMs: answer.durationMs };
  } catch (error) {
    if (error instanceof NobodyServesError || error instanceof CallTimeoutError) throw new DomainError('runner_unavailable', error.message);
    throw error;
  }
}
