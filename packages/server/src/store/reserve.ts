import { sql } from 'kysely';
import { takingReserve } from './pglite/reserve.ts';
import type { Database, Tx } from './schema.ts';

/** Lets this transaction write while the disk is full, as long as anything is left of the reserve: for what frees space, or is small and cannot wait. */
export async function takeReserve(tx: Tx): Promise<void> {
  await sql.raw(takingReserve).execute(tx);
}

/** A transaction that frees space, or is small and cannot wait. */
export function inReserve<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await takeReserve(tx);
    return work(tx);
  });
}
