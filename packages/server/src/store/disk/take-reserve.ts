import { sql } from 'kysely';
import { type Share, takingReserve } from './share.ts';
import type { Database, Tx } from '../schema.ts';

/** Lets this transaction write while the disk is full, as long as anything is left of its share of the reserve. */
export async function takeReserve(tx: Tx, share: Share): Promise<void> {
  await sql.raw(takingReserve[share]).execute(tx);
}

/** A transaction that frees space, or ends what must not go on. */
export function inReserve<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await takeReserve(tx, 'last');
    return work(tx);
  });
}
