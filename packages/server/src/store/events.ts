import { sql } from 'kysely';
import { toJson } from './json.ts';
import type { Database, Tx } from './schema.ts';

export interface NewEvent { workspaceId: string; appId: string; type: 'app' | 'app_deleted' | 'deployment' | 'log'; payload: unknown }
export interface StoredEvent { id: number; appId: string; type: NewEvent['type']; payload: unknown }

const appendLock = 7_041;

/**
 * Appends durable events. Must be the last statements of a transaction: from the lock on, nobody else can append,
 * so that ids become visible in the order they were given and a reader's cursor never jumps over one that commits late.
 */
export async function appendEvents(tx: Tx, events: readonly NewEvent[], at: Date): Promise<void> {
  if (events.length === 0) return;
  await sql`select pg_advisory_xact_lock(${sql.lit(appendLock)})`.execute(tx);
  await tx.insertInto('events').values(events.map((event) => ({ workspace_id: event.workspaceId, app_id: event.appId, type: event.type, payload: toJson(event.payload), at }))).execute();
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

/** The newest id; 0 when there is none. */
export const lastEventId = async (db: Database): Promise<number> => (await db.selectFrom('events').select((select) => select.fn.max('id').as('id')).executeTakeFirst())?.id ?? 0;

/** The highest id that retention has deleted, over the named apps: a cursor below it has lost something. */
export async function findFloor(db: Database, workspaceId: string, apps: readonly string[] | undefined): Promise<number> {
  let query = db.selectFrom('apps').select((select) => select.fn.max('event_floor').as('floor')).where('workspace_id', '=', workspaceId);
  if (apps) query = query.where('id', 'in', apps.length > 0 ? [...apps] : ['']);
  return (await query.executeTakeFirst())?.floor ?? 0;
}
