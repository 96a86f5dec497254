import type { DraftPatch, Validation } from '@fapi/sdk/contract';
import { schemaVersion } from '@fapi/runner-controller/work';
import { DomainError } from '../../domain/errors.ts';
import { askRunner } from '../ask-runner.ts';
import type { Actor, Context } from '../context.ts';
import { openDraft } from './open-draft.ts';
import { findSuspension } from '../require-not-suspended.ts';

const timeoutMs = 30_000;

export interface ValidateRequest {
  draftVersion: number;
  patch?: DraftPatch | undefined;
  /** The open editor for which it is imported too. */
  session?: string | undefined;
  sequence: number;
  withOpenApi: boolean;
}

/** Every finding of the draft with the patch on top. With a session it is imported as well, which runs its code: only for those who may change it, with the live values only for those who may deploy, and not of what is suspended. */
export async function validateDraft(context: Context, actor: Actor & { mayEdit: boolean; mayDeploy: boolean }, appId: string, { session, sequence, withOpenApi, ...input }: ValidateRequest): Promise<Validation> {
  // Every other text is a bundle more to keep: who may only read gets findings of what was saved. A patch without a change is none.
  if (input.patch && !actor.mayEdit && Object.values(input.patch).some((changes) => changes.length > 0)) throw new DomainError('forbidden', 'this needs the scope drafts:write: without it only the saved draft is checked');
  const { app, revision, bundleSha256 } = await openDraft(context, actor, appId, input);
  const mayImport = session !== undefined && actor.mayEdit && !(await findSuspension(context.db, app));
  const dryImport = mayImport ? { dryImport: { session: `${actor.subject}/${session}`, sequence, withOpenApi, values: actor.mayDeploy ? ('live' as const) : ('draft' as const), settings: app.settings, egress: app.egress, limits: app.limits } } : {};
  const { findings, durationMs, dryImport: seen } = await askRunner(context, { schema: schemaVersion, kind: 'validate', appId, host: app.host, revision, bundleSha256, envVersion: app.env_version, ...dryImport }, timeoutMs);
  return { draftVersion: input.draftVersion, digest: revision, findings, durationMs, ...(seen ? { dryImport: seen } : {}) };
}
