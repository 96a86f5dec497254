import { sql } from 'kysely';
import type { Database, Tx } from '../store/schema.ts';
import { type ArchiveRow, archiveVersion, type RowCounts, writeArchive } from './archive.ts';
import { findShape, listTables } from './tables.ts';

/** Rows of one reading: few, because one may be as large as a bundle. */
const [fewestRows, mostRows, readingLetters] = [1, 20, 1_000_000];

/**
 * Writes everything that is kept, as of one moment, into a file that is there whole or not at all. Memory does not grow with it.
 * On Postgres writers go on meanwhile; in the embedded database they wait, because it has one session: so the file is written first and sent later. Rejects soon after `ended`, and then leaves no file.
 */
export async function writeBackup(db: Database, file: string, at: Date, ended?: AbortSignal): Promise<RowCounts> {
  return db.transaction().execute(async (tx) => {
    await sql`set transaction isolation level repeatable read, read only`.execute(tx);
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
    await sql`set local timezone = 'UTC'`.execute(tx);
    const shape = await findShape(tx);
    if (shape === undefined) throw new Error('the database has no tables of fapi');
    const tables = (await listTables(tx)).map(({ name }) => name);
    const header = { fapiBackup: archiveVersion, at: at.toISOString(), shape, tables, environmentKeyIds: tables.includes('environments') ? await listKeyIds(tx) : [] } as const;
    return writeArchive(file, header, readAll(tx, tables, ended));
  });
}

const listKeyIds = async (tx: Tx): Promise<string[]> => (await tx.selectFrom('environments').select('key_id').distinct().orderBy('key_id').execute()).map(({ key_id }) => key_id);

/** As text that Postgres has made and that it will read: no driver's idea of a time or a number comes between. */
async function* readAll(tx: Tx, tables: readonly string[], ended: AbortSignal | undefined): AsyncGenerator<ArchiveRow> {
  for (const table of tables) {
    await sql`declare backup no scroll cursor for select to_jsonb(r)::text as json from ${sql.table(table)} r`.execute(tx);
    let longest = readingLetters;
    for (;;) {
      const count = Math.min(mostRows, Math.max(fewestRows, Math.floor(readingLetters / longest)));
      const { rows } = await sql<{ json: string }>`fetch ${sql.lit(count)} from backup`.execute(tx);
      ended?.throwIfAborted();
      if (rows.length === 0) break;
      longest = Math.max(...rows.map(({ json }) => json.length), 1);
      for (const { json } of rows) yield { table, json };
    }
    await sql`close backup`.execute(tx);
  }
}
