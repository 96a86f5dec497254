import { type Selectable, sql } from 'kysely';
import { toJson } from './json.ts';
import type { Database, Tables, Tx } from './schema.ts';

const idempotencyLock = 7_042;

/** Holds a key until the transaction ends: of two calls at once the second waits for the first one's answer. */
export async function lockIdempotent(tx: Tx, principal: string, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(idempotencyLock)}, hashtext(${`${principal}/${key}`}))`.execute(tx);
}

/** The answer that a key had before, if it was used. */
export const findIdempotent = (tx: Tx, principal: string, key: string): Promise<Selectable<Tables['idempotency']> | undefined> => tx.selectFrom('idempotency').selectAll().where('principal', '=', principal).where('key', '=', key).executeTakeFirst();
export async function insertIdempotent(tx: Tx, row: { principal: string; key: string; fingerprint: string; answer: unknown }, at: Date): Promise<void> {
  await tx.insertInto('idempotency').values({ ...row, answer: toJson(row.answer ?? null), created_at: at }).execute();
}
export async function collectIdempotent(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('idempotency').where('created_at', '<', before).execute();
}
