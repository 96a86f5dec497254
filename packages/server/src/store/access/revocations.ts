import { sql } from 'kysely';
import type { Database, Tx } from '../schema.ts';

/** Tells every server that what came in with these credentials has to go. */
export async function insertRevocations(tx: Tx, credentials: readonly string[]): Promise<void> {
  if (credentials.length > 0) await tx.insertInto('revocations').values(credentials.map((credential) => ({ credential }))).execute();
}

/** Takes back what holds no more, before a server that looks back ends with it what has come since. */
export async function withdrawRevocations(tx: Tx, credentials: readonly string[]): Promise<void> {
  if (credentials.length > 0) await tx.deleteFrom('revocations').where('credential', 'in', [...credentials]).execute();
}

/** What was revoked in the last seconds, by the database's clock. */
export const listRevocations = async (db: Database, withinS: number): Promise<string[]> =>
  (await db.selectFrom('revocations').select('credential').where(sql<boolean>`at > now() - ${withinS}::float8 * interval '1 second'`).execute()).map((row) => row.credential);

/** Deletes what every server has long heard of. */
export async function collectRevocations(db: Database): Promise<void> {
  await sql`delete from revocations where at < now() - interval '1 day'`.execute(db);
}
