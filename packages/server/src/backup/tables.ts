import { sql } from 'kysely';
import type { Database, Tx } from '../store/schema.ts';

export interface Column { name: string; isJson: boolean; isRequired: boolean; sequence: string | null }
export interface Table { name: string; columns: Column[] }

/** What is of this database and of its servers alone: it is made anew elsewhere. */
const notKept = ['kysely_migration', 'kysely_migration_lock', 'relay_lease', 'server_keys'];

/** Every table with something to keep, in an order in which they can be filled: what is referred to comes first. */
export async function listTables(db: Database | Tx): Promise<Table[]> {
  const { rows: columns } = await sql<Column & { table: string }>`
    select c.relname::text as table, a.attname::text as name, t.typname = 'jsonb' as "isJson", a.attnotnull as "isRequired", pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
    from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum`.execute(db);
  const { rows: references } = await sql<{ from: string; to: string }>`
    select a.relname::text as from, b.relname::text as to from pg_constraint k join pg_class a on a.oid = k.conrelid join pg_class b on b.oid = k.confrelid where k.contype = 'f' and k.connamespace = current_schema()::regnamespace`.execute(db);
  const byName = Map.groupBy(columns.filter(({ table }) => !notKept.includes(table)), ({ table }) => table);
  const ordered: Table[] = [];
  const place = (name: string): void => {
    const own = byName.get(name);
    if (!own) return;
    byName.delete(name);
    for (const { from, to } of references) if (from === name) place(to);
    ordered.push({ name, columns: own });
  };
  for (const name of byName.keys()) place(name);
  return ordered;
}

/** The newest step of the shape; undefined for a database without one. */
export async function findShape(db: Database | Tx): Promise<string | undefined> {
  const { rows } = await sql<{ isThere: boolean }>`select to_regclass('kysely_migration') is not null as "isThere"`.execute(db);
  if (!rows[0]?.isThere) return undefined;
  return (await sql<{ name: string }>`select name from kysely_migration order by name desc limit 1`.execute(db)).rows[0]?.name;
}
