import { sql } from 'kysely';
import { toJson } from '../json.ts';
import { inReserve } from '../disk/take-reserve.ts';
import type { Database } from '../schema.ts';

/** What is kept together: the events of one type of one app. */
export interface EventKind { app_id: string; type: string }

/** The next kinds that have events, in their order; found by the index, a step for each. */
export async function listEventKinds(db: Database, after: EventKind | undefined, limit: number): Promise<EventKind[]> {
  const { rows } = await sql<EventKind>`
    with recursive walk as (
      (select app_id, type, 1 as place from events where (app_id, type) > (${after?.app_id ?? ''}::text, ${after?.type ?? ''}::text) order by app_id, type limit 1)
      union all select next.app_id, next.type, walk.place + 1 from walk cross join lateral
        (select e.app_id, e.type from events e where (e.app_id, e.type) > (walk.app_id, walk.type) order by e.app_id, e.type limit 1) next where walk.place < ${sql.lit(limit)})
    select app_id, type from walk`.execute(db);
  return rows;
}

/** The kinds of the next `limit` events after an id, with the last one's. */
export async function listGrown(db: Database, after: number, limit: number): Promise<{ kinds: EventKind[]; last: number; count: number }> {
  const { rows } = await sql<EventKind & { last: number; count: number }>`
    select app_id, type, max(id) as last, count(*)::int as count from (select id, app_id, type from events where id > ${after} order by id limit ${sql.lit(limit)}) fresh group by app_id, type`.execute(db);
  return { kinds: rows.map(({ app_id, type }) => ({ app_id, type })), last: rows.reduce((last, row) => Math.max(last, row.last), after), count: rows.reduce((sum, { count }) => sum + count, 0) };
}

/** Deletes events of these kinds that are not among the newest `keep` of their kind, at most `most` of them, and remembers how far they went. Answers how many. */
export async function deletePast(db: Database, kinds: readonly EventKind[], { keep, most }: { keep: number; most: number }): Promise<number> {
  const { rows } = await inReserve(db, (tx) => sql<{ count: number }>`
    with edges as (select kind.app_id, kind.type, edge.id from jsonb_to_recordset(${toJson(kinds)}::jsonb) as kind(app_id text, type text)
      cross join lateral (select e.id from events e where e.app_id = kind.app_id and e.type = kind.type order by e.id desc offset ${sql.lit(keep)} limit 1) edge),
    old as materialized (select past.id from edges cross join lateral (select e.id from events e where e.app_id = edges.app_id and e.type = edges.type and e.id <= edges.id order by e.id limit ${sql.lit(most)}) past limit ${sql.lit(most)}),
    gone as (delete from events where id in (select id from old) returning id, app_id),
    told as (update apps set event_floor = greatest(apps.event_floor, floor.id) from (select app_id, max(id) as id from gone group by app_id) floor where apps.id = floor.app_id)
    select count(*)::int as count from gone`.execute(tx));
  return rows[0]!.count;
}

/** Deletes at most `most` rows of the audit log that are from before; answers how many. */
export async function pruneAudit(db: Database, before: Date, most: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from audit where id in (select id from audit where at < ${before} order by at limit ${sql.lit(most)})`.execute(db);
  return Number(numAffectedRows ?? 0);
}
