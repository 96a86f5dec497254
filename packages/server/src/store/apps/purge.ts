import { sql } from 'kysely';
import type { Database, Tx } from '../schema.ts';

/** What an app has left besides its own row and its texts. That it was deleted stays among the events, for those who were away. The app must be locked. */
export async function deleteAppHistory(tx: Tx, appId: string): Promise<void> {
  for (const table of ['deployments', 'revisions', 'draft_versions', 'environments', 'metrics', 'presence', 'app_grants'] as const) await tx.deleteFrom(table).where('app_id', '=', appId).execute();
  await tx.deleteFrom('events').where('app_id', '=', appId).where('type', '!=', 'app_deleted').execute();
}

export const hasContents = async (tx: Tx, appId: string): Promise<boolean> => (await tx.selectFrom('app_contents').select('app_id').where('app_id', '=', appId).limit(1).executeTakeFirst()) !== undefined;

export async function deleteApp(tx: Tx, appId: string): Promise<void> {
  await tx.deleteFrom('apps').where('id', '=', appId).execute();
}

/** The last words about apps that are gone, when everybody has long heard them. */
export async function collectTombstones(db: Database, before: Date): Promise<void> {
  await sql`delete from specs s where s.is_published and s.changed_at < ${before} and s.spec->'desired'->>'state' = 'removed' and not exists (select 1 from apps a where a.id = s.app_id)`.execute(db);
  await sql`delete from events e where e.type = 'app_deleted' and e.at < ${before} and not exists (select 1 from apps a where a.id = e.app_id)`.execute(db);
}
