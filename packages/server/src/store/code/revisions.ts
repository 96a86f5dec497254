import type { AppFile } from '@fapi/sdk/contract';
import { type Selectable, sql } from 'kysely';
import { type ManifestEntry, toStored } from '../../domain/code/files.ts';
import type { Judged } from '../../domain/deployments/last-good.ts';
import { toJson } from '../json.ts';
import type { Database, Tables, Tx } from '../schema.ts';

/** Without what is large: its files and its document. */
export type RevisionRow = Omit<Selectable<Tables['revisions']>, 'manifest' | 'openapi'>;
const columns = ['app_id', 'digest', 'bundle_sha256', 'created_at', 'created_by', 'number', 'file_count', 'bytes', 'comment', 'pinned'] as const;

export interface NewRevision { app_id: string; digest: string; manifest: readonly ManifestEntry[]; bundle_sha256: string; created_at: Date; created_by: string; comment?: string | null | undefined }

/** Writes a revision with the app's next number, in one statement; one that is there stays as it is. The app must be locked, and its texts must be stored. False when its bundle is not stored: then nothing is written. */
export async function putRevision(tx: Tx, { app_id, digest, manifest, bundle_sha256, created_at, created_by, comment = null }: NewRevision): Promise<boolean> {
  const bytes = manifest.reduce((sum, file) => sum + file.bytes, 0);
  // What is named is made young, so that nobody collects it.
  const { rows: [row] } = await sql<{ has_bundle: boolean }>`with named as (update bundles set created_at = ${created_at} where sha256 = ${bundle_sha256} returning sha256),
    made as (
      insert into revisions (app_id, digest, manifest, bundle_sha256, created_at, created_by, number, file_count, bytes, comment)
      select id, ${digest}, ${toJson(manifest)}::jsonb, named.sha256, ${created_at}, ${created_by}, revision_count + 1, ${manifest.length}::int, ${bytes}::int, ${comment} from apps, named where id = ${app_id}
      on conflict (app_id, digest) do nothing returning number),
    counted as (update apps set revision_count = made.number from made where id = ${app_id})
    select exists (select from named) as has_bundle`.execute(tx);
  return row!.has_bundle;
}

export const findRevision = (db: Database | Tx, appId: string, digest: string): Promise<RevisionRow | undefined> => db.selectFrom('revisions').select(columns).where('app_id', '=', appId).where('digest', '=', digest).executeTakeFirst();

/** By number, newest first, those below `below`. */
export function listRevisions(db: Database | Tx, appId: string, { limit, below }: { limit?: number; below?: number | undefined } = {}): Promise<RevisionRow[]> {
  let query = db.selectFrom('revisions').select(columns).where('app_id', '=', appId).orderBy('number', 'desc');
  if (limit !== undefined) query = query.limit(limit);
  return (below === undefined ? query : query.where('number', '<', below)).execute();
}

export const updateRevision = (tx: Tx, appId: string, digest: string, change: { comment?: string | null; pinned?: boolean }): Promise<RevisionRow | undefined> =>
  tx.updateTable('revisions').set(change).where('app_id', '=', appId).where('digest', '=', digest).returning(columns).executeTakeFirst();

export const findRevisionManifest = async (db: Database | Tx, appId: string, digest: string): Promise<ManifestEntry[] | undefined> =>
  (await db.selectFrom('revisions').select('manifest').where('app_id', '=', appId).where('digest', '=', digest).executeTakeFirst())?.manifest;

/** The texts with these digests that are there. */
export async function listTexts(db: Database, sha256s: readonly string[]): Promise<Map<string, Pick<AppFile, 'content' | 'encoding'>>> {
  const { rows } = await sql<{ sha256: string; content: string; bytes: number }>`select c.sha256, c.content, c.bytes from jsonb_array_elements_text(${JSON.stringify([...new Set(sha256s)])}::jsonb) as asked(sha256) join contents c on c.sha256 = asked.sha256`.execute(db);
  return new Map(rows.map(({ sha256, content, bytes }) => [sha256, toStored(content, bytes)]));
}

export const findDocument = async (db: Database, appId: string, digest: string): Promise<string | undefined> =>
  (await db.selectFrom('revisions').select('openapi').where('app_id', '=', appId).where('digest', '=', digest).executeTakeFirst())?.openapi ?? undefined;

/** Kept for good: a revision does not change. For a draft that is no revision there is no place. */
export async function writeDocument(db: Database, appId: string, digest: string, document: string): Promise<void> {
  await db.updateTable('revisions').set({ openapi: document }).where('app_id', '=', appId).where('digest', '=', digest).where('openapi', 'is', null).execute();
}

/** What is known of each deployment of an app without what is large, newest first. */
export type DeploymentFacts = Judged & { id: string; createdAt: string; createdBy: string; envVersion: number; failure?: string };

/** The last line of a traceback, or what else was said. */
const failureLine = sql<string | null>`case when status = 'failed' then left(split_part(concat_ws(': ', failure->>'type', message), E'\\n', 1), 500) end`.as('failure');

export async function listDeploymentFacts(db: Database | Tx, appId: string): Promise<DeploymentFacts[]> {
  const rows = await db
    .selectFrom('deployments')
    .select(['id', 'generation', 'revision', 'status', 'env_version', 'created_at', 'created_by', 'trigger', 'live_at', 'ended_at', failureLine])
    .where('app_id', '=', appId)
    .orderBy('generation', 'desc')
    .execute();
  return rows.map(({ created_at, created_by, live_at, ended_at, env_version, failure, ...row }) => ({
    ...row,
    ...(failure ? { failure } : {}),
    envVersion: env_version,
    createdAt: created_at.toISOString(),
    createdBy: created_by,
    ...(live_at ? { liveAt: live_at.toISOString() } : {}),
    ...(ended_at ? { endedAt: ended_at.toISOString() } : {}),
  }));
}

/** Apps with more revisions or deployments than these, of those that have deployed since then, or of all. */
export async function listWithHistory(db: Database, { since, revisions, deployments }: { since: Date | undefined; revisions: number; deployments: number }): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select a.id from apps a where ${since === undefined ? sql`true` : sql`a.id in (select d.app_id from deployments d where d.created_at >= ${since})`}
    and ((select count(*) from revisions r where r.app_id = a.id) > ${revisions} or (select count(*) from deployments d where d.app_id = a.id) > ${deployments})`.execute(db);
  return rows.map(({ id }) => id);
}

/** Deletes parts of an app's history; what their files were is looked for from `sweepAt` on. The app must be locked. */
export async function deleteHistory(tx: Tx, appId: string, { revisions, deployments }: { revisions: readonly string[]; deployments: readonly string[] }, sweepAt: Date): Promise<void> {
  if (deployments.length > 0) await sql`delete from deployments where app_id = ${appId} and id in (select jsonb_array_elements_text(${JSON.stringify(deployments)}::jsonb))`.execute(tx);
  if (revisions.length === 0) return;
  await sql`delete from revisions where app_id = ${appId} and digest in (select jsonb_array_elements_text(${JSON.stringify(revisions)}::jsonb))`.execute(tx);
  await sql`update apps set sweep_after = coalesce(sweep_after, ${sweepAt}) where id = ${appId}`.execute(tx);
}
