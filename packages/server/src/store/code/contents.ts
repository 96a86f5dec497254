import type { AppFile } from '@fapi/sdk/contract';
import { sql } from 'kysely';
import { toStored } from '../../domain/code/files.ts';
import type { Database, Tx } from '../schema.ts';

/** Of these texts those that the app has or had: what others have is not told. Its answer holds until the app's lock is given back. */
export async function listOwned(db: Database | Tx, appId: string, sha256s: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ sha256: string }>`select u.sha256 from jsonb_array_elements_text(${JSON.stringify(sha256s)}::jsonb) as asked(sha256) join app_contents u on u.app_id = ${appId} and u.sha256 = asked.sha256`.execute(db);
  return new Set(rows.map((row) => row.sha256));
}

/** The texts themselves, by digest, as `listOwned` finds them. */
export async function findTexts(db: Database | Tx, appId: string, sha256s: readonly string[]): Promise<Map<string, Pick<AppFile, 'content' | 'encoding'>>> {
  const { rows } = await sql<{ sha256: string; content: string; bytes: number }>`select c.sha256, c.content, c.bytes from jsonb_array_elements_text(${JSON.stringify([...new Set(sha256s)])}::jsonb) as asked(sha256) join app_contents u on u.app_id = ${appId} and u.sha256 = asked.sha256
    join contents c on c.sha256 = u.sha256`.execute(db);
  return new Map(rows.map(({ sha256, content, bytes }) => [sha256, toStored(content, bytes)]));
}

const sweepLock = 7_043;
const appsAtOnce = 50;

/** Apps whose texts are to be looked through by now. */
export const listToSweep = async (db: Database, now: Date): Promise<string[]> =>
  (await db.selectFrom('apps').select('id').where('sweep_after', '<=', now).orderBy('sweep_after').limit(appsAtOnce).execute()).map((row) => row.id);

/**
 * Takes from one app the texts that nothing of it names and that it has named last before `before`; those that no other app has are deleted.
 * The app must be locked. One sweep at a time: two that each left a text to the other would leave it for ever.
 */
export async function sweepContents(tx: Tx, appId: string, before: Date, again: Date): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(sweepLock)})`.execute(tx);
  const { rows: unnamed } = await sql<{ sha256: string; is_old: boolean }>`select u.sha256, u.named_at < ${before} as is_old from app_contents u where u.app_id = ${appId} and u.sha256 not in (
    select m->>'sha256' from (select manifest from draft_versions where app_id = ${appId} union all select manifest from revisions where app_id = ${appId}) named, jsonb_array_elements(named.manifest) m)`.execute(tx);
  const old = JSON.stringify(unnamed.filter((row) => row.is_old).map((row) => row.sha256));
  await sql`delete from app_contents where app_id = ${appId} and sha256 in (select jsonb_array_elements_text(${old}::jsonb))`.execute(tx);
  // Whoever names one of them at this moment holds its row and makes it young: neither waited for nor taken. Locks are taken, and what was locked is looked at again.
  await sql`delete from contents where sha256 in (select c.sha256 from contents c where c.sha256 in (select jsonb_array_elements_text(${old}::jsonb)) and c.created_at < ${before}
    and not exists (select 1 from app_contents u where u.sha256 = c.sha256) for update skip locked)`.execute(tx);
  await tx.updateTable('apps').set({ sweep_after: unnamed.some((row) => !row.is_old) ? again : null }).where('id', '=', appId).execute();
}
