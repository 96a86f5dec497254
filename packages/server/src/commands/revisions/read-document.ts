import { schemaVersion } from '@fapi/runner-controller/work';
import { DomainError } from '../../domain/errors.ts';
import { makeBundle } from '../../domain/code/revision.ts';
import type { AppRow } from '../../store/apps/apps.ts';
import { putBundle } from '../../store/code/bundles.ts';
import { findDocument, writeDocument } from '../../store/code/revisions.ts';
import { askRunner } from '../ask-runner.ts';
import type { Actor, Context } from '../context.ts';
import type { OpenedSide } from './diff-side.ts';
import { openFiles } from './read-revisions.ts';
import { findSuspension } from '../require-not-suspended.ts';

const timeoutMs = 30_000;

export type Found = { document: Record<string, unknown> } | { reason: string };

/** The OpenAPI document of one side: as it is kept, or from a runner, which imports the code. That is for those who may edit, and never with live values: what it tells is kept for everybody. */
export async function readDocument(context: Context, actor: Actor & { mayEdit: boolean }, app: AppRow, side: OpenedSide): Promise<Found> {
  const kept = await findDocument(context.db, app.id, side.told.digest);
  if (kept !== undefined) return { document: JSON.parse(kept) as Record<string, unknown> };
  const unknown = (why: string): Found => ({ reason: `the API of ${side.title} is not known: ${why}` });
  if (!actor.mayEdit) return unknown('nobody who may edit has asked for it yet');
  try {
    const seen = await importCode(context, actor, app, side);
    if (typeof seen === 'string') return unknown(seen);
    await writeDocument(context.db, app.id, side.told.digest, JSON.stringify(seen));
    return { document: seen };
  } catch (error) {
    if (error instanceof DomainError) return unknown(error.detail ?? error.code);
    throw error;
  }
}

async function importCode(context: Context, actor: Actor, app: AppRow, side: OpenedSide): Promise<Record<string, unknown> | string> {
  const suspended = await findSuspension(context.db, app);
  if (suspended) throw suspended;
  const { findings, dryImport: seen } = await askRunner(context, {
    schema: schemaVersion, kind: 'validate', appId: app.id, host: app.host, revision: side.told.digest, bundleSha256: side.bundleSha256 ?? (await storeBundle(context, side)), envVersion: app.env_version,
    // A session of its own, whose newest question wins: so that a diff takes one place beside the open editors, and no more.
    dryImport: { session: `${actor.subject}/diff`, sequence: context.now().getTime(), withOpenApi: true, values: 'draft', settings: app.settings, egress: app.egress, limits: app.limits },
  }, timeoutMs);
  if (seen?.openapi) return seen.openapi;
  const error = findings.find(({ severity }) => severity === 'error');
  if (error) return `${error.file === '' ? '' : `${error.file}, line ${error.start.line}: `}${error.message}`;
  if (seen?.dropped) return `${seen.reason ?? 'no runner was free'} Ask again`;
  return seen?.reason ?? 'it has no OpenAPI document';
}

async function storeBundle(context: Context, { manifest }: OpenedSide): Promise<string> {
  const bundle = await makeBundle(await openFiles(context.db, manifest));
  await putBundle(context.db, bundle, context.now());
  return bundle.sha256;
}
