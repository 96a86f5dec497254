import { sql } from 'kysely';
import type { Database, Tx } from '../schema.ts';

/** Stored once by digest; a bundle that nothing refers to is collected later. */
export async function putBundle(db: Database | Tx, bundle: { sha256: string; bytes: Uint8Array }, at: Date): Promise<void> {
  // Mostly a validation has stored it a moment ago: then its bytes are not sent again.
  const { numUpdatedRows } = await db.updateTable('bundles').set({ created_at: at }).where('sha256', '=', bundle.sha256).executeTakeFirst();
  if (numUpdatedRows === 0n) await insertBundle(db, bundle, at);
}

/** As `putBundle`, for what is not there, by all that is known. */
export async function insertBundle(db: Database | Tx, bundle: { sha256: string; bytes: Uint8Array }, at: Date): Promise<void> {
  await db.insertInto('bundles').values({ ...bundle, created_at: at }).onConflict((conflict) => conflict.column('sha256').doUpdateSet({ created_at: at })).execute();
}

export const findBundle = async (db: Database, sha256: string): Promise<Uint8Array | undefined> => (await db.selectFrom('bundles').select('bytes').where('sha256', '=', sha256).executeTakeFirst())?.bytes;

export const findRevisionBundle = async (tx: Tx, appId: string, digest: string): Promise<string | undefined> =>
  (await tx.selectFrom('revisions').select('bundle_sha256').where('app_id', '=', appId).where('digest', '=', digest).executeTakeFirst())?.bundle_sha256;

/** Deletes bundles that no revision refers to: they were made for one validation. */
export async function collectBundles(db: Database, before: Date): Promise<void> {
  await sql`delete from bundles b where b.created_at < ${before} and not exists (select 1 from revisions r where r.bundle_sha256 = b.sha256)`.execute(db);
}
