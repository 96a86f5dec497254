import { type RawBuilder, type Selectable, sql } from 'kysely';
import { toJson } from '../json.ts';
import type { Database, Tables, Tx } from '../schema.ts';

/** One call of one principal. */
export interface CallKey { principal: string; key: string }

/** Takes a key for this transaction, which has to write down the answer; false when it was used before. Of two calls at once the second waits here for the end of the first. */
export async function takeKey(tx: Tx, { principal, key }: CallKey, fingerprint: string, at: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.insertInto('idempotency').values({ principal, key, fingerprint, answer: 'null', created_at: at }).onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The answer that a key had before, if it was used. */
export const findIdempotent = (tx: Tx, { principal, key }: CallKey): Promise<Selectable<Tables['idempotency']> | undefined> => tx.selectFrom('idempotency').selectAll().where('principal', '=', principal).where('key', '=', key).executeTakeFirst();

/** The statement that writes down the answer of a key that was taken, to be made part of another one. */
export const answering = ({ principal, key }: CallKey, answer: unknown): RawBuilder<unknown> => sql`update idempotency set answer = ${toJson(answer ?? null)} where principal = ${principal} and key = ${key}`;

export async function collectIdempotent(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('idempotency').where('created_at', '<', before).execute();
}
