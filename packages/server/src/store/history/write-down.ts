import { sql } from 'kysely';
import { type NewAudit, noting } from './audit.ts';
import { appending, type NewEvent } from './events.ts';
import { answering, type CallKey } from './idempotency.ts';
import type { Tx } from '../schema.ts';

/** What an act leaves besides its work. `answered` is kept for a call whose key this transaction has taken. */
export interface Deed { entry: NewAudit; answered?: { call: CallKey; answer: unknown } | undefined; events: readonly NewEvent[] }

/** Writes down what was done: in one statement, and as the last of a transaction, for the reason that `appending` gives. */
export async function writeDown(tx: Tx, { entry, answered, events }: Deed, at: Date): Promise<void> {
  const parts = [sql`noted as (${noting(entry, at)})`, ...(answered ? [sql`answered as (${answering(answered.call, answered.answer)})`] : [])];
  await sql`with ${sql.join(parts)} ${appending(events, at)}`.execute(tx);
}
