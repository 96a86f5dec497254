import { type Kysely, sql } from 'kysely';
import { migrate, shapes } from '../store/database/migrations.ts';
import type { Database, Tx } from '../store/schema.ts';
import { ArchiveError, type ArchiveHeader, openArchive, type RowCounts } from './archive.ts';
import { moveAhead } from './move-ahead.ts';
import { findShape, listTables, type Table } from './tables.ts';

/** The database cannot take the archive. The message is one sentence. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError';
}

const batchLetters = 1_000_000;

/**
 * Fills an empty database with what the archive holds and brings it to the newest shape. All rows or none.
 * Refuses a damaged archive, one of a newer fapi, and a database with anything in it, each before a row is written.
 */
export async function restoreBackup(db: Database, file: string, now: Date): Promise<{ header: ArchiveHeader; rows: RowCounts }> {
  const { header, rows: checked } = await openArchive(file);
  if (!shapes.includes(header.shape)) throw new ArchiveError(`${file} was made by a newer fapi (${header.shape}): restore it with that one.`);
  const counts: RowCounts = Object.fromEntries(header.tables.map((table) => [table, 0]));
  for await (const { table } of checked) counts[table]! += 1;

  await makeEmpty(db, header.shape);
  const { rows } = await openArchive(file);
  await db.transaction().execute(async (tx) => {
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
    await sql`delete from workspaces`.execute(tx);
    const tables = new Map((await listTables(tx)).map((table) => [table.name, table]));
    let batch: { table: string; parts: string[]; letters: number } = { table: '', parts: [], letters: 0 };
    const flush = async (): Promise<void> => {
      if (batch.parts.length > 0) await insert(tx, tables.get(batch.table)!, `[${batch.parts.join(',')}]`);
    };
    for await (const { table, json } of rows) {
      if (!tables.has(table)) throw new ArchiveError(`${file} holds a table ${table} that ${header.shape} has not.`);
      if (table !== batch.table || batch.letters > batchLetters) {
        await flush();
        batch = { table, parts: [], letters: 0 };
      }
      batch.parts.push(json);
      batch.letters += json.length;
    }
    await flush();
    for (const { name, columns } of tables.values()) for (const column of columns) if (column.sequence !== null) await sql`select setval(${column.sequence}, coalesce((select max(${sql.ref(column.name)}) from ${sql.table(name)}), 0) + 1, false)`.execute(tx);
    await moveAhead(tx, new Date(header.at), now);
  });
  await migrate(db as Kysely<unknown>);
  return { header, rows: counts };
}

/** By the names of the columns. What is JSON's own null in a column that must not be empty is that null, and not nothing. */
async function insert(tx: Tx, { name, columns }: Table, json: string): Promise<void> {
  const values = columns.map((column) => (column.isJson && column.isRequired ? sql`coalesce(${sql.ref(`r.${column.name}`)}, 'null'::jsonb)` : sql`${sql.ref(`r.${column.name}`)}`));
  await sql`insert into ${sql.table(name)} (${sql.join(columns.map((column) => sql.ref(column.name)))}) select ${sql.join(values)} from jsonb_populate_recordset(null::${sql.table(name)}, ${json}::jsonb) r`.execute(tx);
}

/** The tables of the archive's shape, without a row. Those of another shape are made anew, if nothing is in them. */
async function makeEmpty(db: Database, shape: string): Promise<void> {
  const tables = await listTables(db);
  for (const { name } of tables) {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)} ${name === 'workspaces' ? sql`where id <> 'default'` : sql``}`.execute(db);
    if (Number(rows[0]!.count) > 0) throw new RestoreError(`The database is not empty: ${name} has ${rows[0]!.count} rows. Restore into a new one (another FAPI_DATABASE_URL, or another FAPI_DATA_DIR).`);
  }
  const present = await findShape(db);
  if (present === shape) return;
  if (present !== undefined) for (const name of [...tables.map((table) => table.name), 'relay_lease', 'server_keys', 'kysely_migration', 'kysely_migration_lock']) await sql`drop table if exists ${sql.table(name)} cascade`.execute(db);
  await migrate(db as Kysely<unknown>, shape);
}
