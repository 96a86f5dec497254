import { type Selectable, sql } from 'kysely';
import { type DraftFile, type ManifestEntry, toStored } from '../../domain/code/files.ts';
import type { Database, Tables, Tx } from '../schema.ts';
import { toJson } from '../json.ts';

export type DraftRow = Selectable<Tables['draft_versions']>;
/** A version with its texts, sorted by path. */
export type WholeDraft = Omit<DraftRow, 'manifest'> & { files: DraftFile[] };
/** A version without its files: how many they are, and how many bytes. */
export type VersionRow = Omit<DraftRow, 'manifest'> & { files: number; bytes: number };

/** A version of a draft with all texts; undefined when it is not kept. */
export async function findDraft(db: Database | Tx, appId: string, version: number): Promise<WholeDraft | undefined> {
  // The texts in one value, in the order of the manifest: a row for each costs more than its text.
  const { rows: [row] } = await sql<DraftRow & { texts: string[] }>`select v.*, (select coalesce(json_agg(c.content order by m.place), '[]') from jsonb_array_elements(v.manifest) with ordinality as m(entry, place) join contents c on c.sha256 = m.entry->>'sha256') as texts
    from draft_versions v where v.app_id = ${appId} and v.version = ${version}`.execute(db);
  if (!row) return undefined;
  const { manifest, texts, ...rest } = row;
  return { ...rest, files: joinTexts(manifest, texts) };
}

function joinTexts(manifest: readonly ManifestEntry[], texts: readonly string[]): DraftFile[] {
  if (texts.length !== manifest.length) throw new Error(`a draft names ${manifest.length} texts, and ${texts.length} of them are there`);
  return manifest.map(({ path, sha256, bytes }, index) => ({ path, sha256, bytes, ...toStored(texts[index]!, bytes) }));
}

/** What a version names, without any text. */
export const findManifest = (db: Database | Tx, appId: string, version: number): Promise<DraftRow | undefined> => db.selectFrom('draft_versions').selectAll().where('app_id', '=', appId).where('version', '=', version).executeTakeFirst();

/** Newest first, those below `below`; no text is read. */
export async function listDrafts(db: Database, appId: string, { limit, below }: { limit: number; below: number | undefined }): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`select app_id, version, digest, base_revision, saved_at, saved_by, jsonb_array_length(manifest) as files,
    (select coalesce(sum((m->>'bytes')::int), 0)::int from jsonb_array_elements(manifest) m) as bytes
    from draft_versions where app_id = ${appId} and version < ${below ?? 2 ** 31 - 1} order by version desc limit ${limit}`.execute(db);
  return rows;
}

/** Of each app the newest of them are kept. */
export const draftsKept = 50;

/** A text that was named within this time is not touched: a sweep takes only what is older by far, and those who name it at once need not wait for each other. */
const youngMs = 1_800_000;

/** Writes a version, in one statement. `fresh` are those of its files whose texts the version before has not named: they are stored where they are new, and made young where they are not, so that no sweep takes them. */
export async function insertDraft(tx: Tx, { app_id, version, digest, base_revision, saved_at, saved_by, manifest }: DraftRow, fresh: readonly DraftFile[]): Promise<void> {
  const texts = [...new Map(fresh.map(({ sha256, content, bytes }) => [sha256, { sha256, content, bytes }])).values()];
  // All who store texts take them in the same order: no two wait for each other.
  await sql`with texts as (select * from json_to_recordset(${toJson(texts)}::json) as t(sha256 text, content text, bytes int)),
    stored as (
      insert into contents select t.sha256, t.content, t.bytes, ${saved_at} from texts t left join contents c on c.sha256 = t.sha256 where c.sha256 is null or c.created_at < ${new Date(saved_at.getTime() - youngMs)} order by t.sha256
      on conflict (sha256) do update set created_at = excluded.created_at),
    named as (insert into app_contents select ${app_id}, sha256, ${saved_at} from texts on conflict (app_id, sha256) do update set named_at = excluded.named_at),
    gone as (delete from draft_versions where app_id = ${app_id} and version <= ${version - draftsKept})
    insert into draft_versions (app_id, version, digest, manifest, base_revision, saved_at, saved_by) values (${app_id}, ${version}, ${digest}, ${toJson(manifest)}, ${base_revision}, ${saved_at}, ${saved_by})`.execute(tx);
}

/** The version is what this revision was frozen from: what is saved on top of it has it as its base. */
export async function writeBase(tx: Tx, appId: string, version: number, revision: string): Promise<void> {
  await tx.updateTable('draft_versions').set({ base_revision: revision }).where('app_id', '=', appId).where('version', '=', version).execute();
}

/** Gives an app the texts of another one, without reading them. Both must be locked, or new. */
export async function copyTexts(tx: Tx, fromApp: string, toApp: string, manifest: readonly ManifestEntry[], at: Date): Promise<void> {
  const named = JSON.stringify(manifest.map(({ sha256 }) => sha256));
  await sql`insert into app_contents select ${toApp}, sha256, ${at} from app_contents where app_id = ${fromApp} and sha256 in (select jsonb_array_elements_text(${named}::jsonb)) order by sha256 on conflict do nothing`.execute(tx);
}

/** A revision of one app as the first one of another, with its texts and its document. */
export async function copyRevision(tx: Tx, fromApp: string, toApp: string, digest: string, { at, by, comment }: { at: Date; by: string; comment: string }): Promise<void> {
  await sql`insert into revisions (app_id, digest, manifest, bundle_sha256, created_at, created_by, number, file_count, bytes, comment, openapi)
    select ${toApp}, digest, manifest, bundle_sha256, ${at}, ${by}, 1, file_count, bytes, ${comment}, openapi from revisions where app_id = ${fromApp} and digest = ${digest}`.execute(tx);
  await sql`update apps set revision_count = 1 where id = ${toApp}`.execute(tx);
  await sql`insert into app_contents select ${toApp}, u.sha256, ${at} from app_contents u where u.app_id = ${fromApp} and u.sha256 in (select m->>'sha256' from revisions r, jsonb_array_elements(r.manifest) m where r.app_id = ${toApp} and r.digest = ${digest}) order by u.sha256 on conflict do nothing`.execute(tx);
}
