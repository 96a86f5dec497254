import { sql } from 'kysely';
import type { Database } from '../schema.ts';

export interface PresentPage { appId: string; workspaceId: string; subject: string; page: string; path: string | undefined }

/** One person's pages of one app: the least recently seen make room. */
const pagesPerPerson = 10;
/** Of one app, those seen last. */
const pagesPerApp = 50;

export async function putPage(db: Database, { appId, subject, page, path }: Omit<PresentPage, 'workspaceId'>, at: Date): Promise<void> {
  const values = { path: path ?? null, seen_at: at };
  await db.insertInto('presence').values({ app_id: appId, subject, page, ...values }).onConflict((conflict) => conflict.columns(['app_id', 'subject', 'page']).doUpdateSet(values)).execute();
  const own = db.selectFrom('presence').select('page').where('app_id', '=', appId).where('subject', '=', subject);
  await db.deleteFrom('presence').where('app_id', '=', appId).where('subject', '=', subject).where('page', 'not in', own.orderBy('seen_at', 'desc').limit(pagesPerPerson)).execute();
}

export async function deletePage(db: Database, { appId, subject, page }: Pick<PresentPage, 'appId' | 'subject' | 'page'>): Promise<void> {
  await db.deleteFrom('presence').where('app_id', '=', appId).where('subject', '=', subject).where('page', '=', page).execute();
}

/** Pages seen since, of living apps, in the order of their people. */
export async function listPages(db: Database, since: Date): Promise<PresentPage[]> {
  const { rows } = await sql<{ app_id: string; workspace_id: string; subject: string; page: string; path: string | null }>`
    select * from (
      select p.app_id, a.workspace_id, p.subject, p.page, p.path, row_number() over (partition by p.app_id order by p.seen_at desc) as place
      from presence p join apps a on a.id = p.app_id where p.seen_at > ${since} and a.deleted_at is null
    ) pages where place <= ${pagesPerApp} order by app_id, subject, page`.execute(db);
  return rows.map((row) => ({ appId: row.app_id, workspaceId: row.workspace_id, subject: row.subject, page: row.page, path: row.path ?? undefined }));
}

export async function collectPages(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('presence').where('seen_at', '<', before).execute();
}
