import { type RawBuilder, sql } from 'kysely';
import { toJson } from '../json.ts';
import type { Database, Tx } from '../schema.ts';

export interface NewEvent { workspaceId: string; appId: string; type: 'app' | 'app_deleted' | 'deployment' | 'log'; payload: unknown }
export interface StoredEvent { id: number; appId: string; type: NewEvent['type']; payload: unknown }

const appendLock = 7_041;

/**
 * The statement that appends durable events, in their order. Must be the last one of a transaction: from its lock on, nobody else can append,
 * so that ids become visible in the order they were given and a reader's cursor never jumps over one that commits late.
 */
export function appending(events: readonly NewEvent[], at: Date): RawBuilder<unknown> {
  // Ids are drawn for rows of the join, and it has none before it has the lock.
  return sql`insert into events (workspace_id, app_id, type, payload, at)
    select e."workspaceId", e."appId", e.type, e.payload, ${at} from (select pg_advisory_xact_lock(${sql.lit(appendLock)})) as held, json_to_recordset(${toJson(events)}::json) as e("workspaceId" text, "appId" text, type text, payload jsonb)`;
}

/** Appends durable events: see `appending`. */
export async function appendEvents(tx: Tx, events: readonly NewEvent[], at: Date): Promise<void> {
  if (events.length > 0) await appending(events, at).execute(tx);
}

export interface EventFilter { workspaceId: string; apps: readonly string[] | undefined; types: readonly string[]; after: number; limit: number }

export async function readEvents(db: Database, { workspaceId, apps, types, after, limit }: EventFilter): Promise<StoredEvent[]> {
  if (types.length === 0 || apps?.length === 0) return [];
  let query = db.selectFrom('events').select(['id', 'app_id', 'type', 'payload']).where('workspace_id', '=', workspaceId).where('id', '>', after).where('type', 'in', [...types]).orderBy('id').limit(limit);
  if (apps) query = query.where('app_id', 'in', [...apps]);
  return (await query.execute()).map((row) => ({ id: row.id, appId: row.app_id, type: row.type as NewEvent['type'], payload: row.payload }));
}

const tailBatch = 50;

/** The newest payloads of one kind, newest first, read as far as they are asked for. */
export async function* readNewest(db: Database, appId: string, type: NewEvent['type']): AsyncGenerator<unknown> {
  for (let before: number | undefined; ; ) {
    let query = db.selectFrom('events').select(['id', 'payload']).where('app_id', '=', appId).where('type', '=', type).orderBy('id', 'desc').limit(tailBatch);
    if (before !== undefined) query = query.where('id', '<', before);
    const rows = await query.execute();
    for (const row of rows) yield row.payload;
    if (rows.length < tailBatch) return;
    before = rows.at(-1)!.id;
  }
}

/** Whether a line of an app's log is among its newest. */
export async function hasNewLine(tx: Tx, appId: string, seq: number): Promise<boolean> {
  const { rows } = await sql`select 1 from (select payload from events where app_id = ${appId} and type = 'log' order by id desc limit ${sql.lit(tailBatch)}) newest where payload->'lines' @> ${toJson([{ seq }])}::jsonb limit 1`.execute(tx);
  return rows.length > 0;
}

/** The newest id; 0 when there is none. */
export const lastEventId = async (db: Database): Promise<number> => (await db.selectFrom('events').select((select) => select.fn.max('id').as('id')).executeTakeFirst())?.id ?? 0;

/** The highest id that retention has deleted, over the named apps: a cursor below it has lost something. */
export async function findFloor(db: Database, workspaceId: string, apps: readonly string[] | undefined): Promise<number> {
  let query = db.selectFrom('apps').select((select) => select.fn.max('event_floor').as('floor')).where('workspace_id', '=', workspaceId);
  if (apps) query = query.where('id', 'in', apps.length > 0 ? [...apps] : ['']);
  return (await query.executeTakeFirst())?.floor ?? 0;
}
