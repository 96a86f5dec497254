import type { AppFile, Revision } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import type { ManifestEntry } from '../../domain/code/files.ts';
import { findRevision, findRevisionManifest, listRevisions, listTexts, type RevisionRow } from '../../store/code/revisions.ts';
import type { Database } from '../../store/schema.ts';
import type { Actor, Context } from '../context.ts';
import { getApp } from '../get-app.ts';
import { presentRevisions } from './present-revision.ts';

/** A page of an app's revisions, newest first, and whether there are more. */
export async function listAppRevisions(context: Context, actor: Actor, appId: string, { limit, below }: { limit: number; below: number | undefined }): Promise<{ items: Revision[]; hasMore: boolean }> {
  const app = await getApp(context, actor, appId);
  const rows = await listRevisions(context.db, app.id, { limit: limit + 1, below });
  return { items: await presentRevisions(context.db, app, rows.slice(0, limit), context.now()), hasMore: rows.length > limit };
}

export async function readRevision(context: Context, actor: Actor, appId: string, digest: string): Promise<Revision> {
  const app = await getApp(context, actor, appId);
  const [revision] = await presentRevisions(context.db, app, [await getRevision(context.db, app.id, digest)], context.now());
  return revision!;
}

export async function getRevision(db: Database, appId: string, digest: string): Promise<RevisionRow> {
  const row = await findRevision(db, appId, digest);
  if (!row) throw new DomainError('revision_not_found', 'this app has no such revision, or has it no more');
  return row;
}

export async function readRevisionFiles(context: Context, actor: Actor, appId: string, digest: string): Promise<AppFile[]> {
  const app = await getApp(context, actor, appId);
  const manifest = await findRevisionManifest(context.db, app.id, digest);
  if (!manifest) throw new DomainError('revision_not_found', 'this app has no such revision, or has it no more');
  return openFiles(context.db, manifest);
}

/** The files that a manifest names. */
export async function openFiles(db: Database, manifest: readonly ManifestEntry[]): Promise<AppFile[]> {
  const texts = await listTexts(db, manifest.map(({ sha256 }) => sha256));
  return manifest.map(({ path, sha256 }) => {
    const content = texts.get(sha256);
    // Collected between the two looks, with the revision that named it.
    if (content === undefined) throw new DomainError('revision_not_found', 'it was collected just now');
    return { path, ...content };
  });
}
