import { sql } from 'kysely';
import type { Database } from '../schema.ts';

export async function canReadDatabase(db: Database): Promise<{ ok: boolean; message?: string }> {
  try {
    await sql`select 1`.execute(db);
    return { ok: true };
  } catch {
    return { ok: false, message: 'the database does not answer' };
  }
}
