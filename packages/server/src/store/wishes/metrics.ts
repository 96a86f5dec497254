import { sql } from 'kysely';
import { toJson } from '../json.ts';
import type { Database, MetricsTotals, Tx } from '../schema.ts';

/** The row of an app that holds the sum of the agents it has forgotten. No agent calls itself so. */
const folded = '';
const counters = ['requests', 'status2xx', 'status3xx', 'status4xx', 'status5xx', 'bytesOut'] as const;
/** Numbers of the size that JavaScript has: they were told as such. */
const read = (name: (typeof counters)[number] | 'inFlight', of = sql.ref('totals')) => sql`(${of}->>${sql.lit(name)})::float8`;
/** In the order of time whatever the database is sorted by: they are all written alike. */
const lastRequestAt = (of = sql.ref('totals')) => sql`(${of}->>'lastRequestAt') collate "C"`;

/** Keeps the last totals of each epoch: counters only grow within one, so a late sample changes nothing, whichever server hears it. */
export async function putTotals(db: Database, appId: string, epoch: string, totals: MetricsTotals, at: Date): Promise<void> {
  const values = { totals: toJson(totals), at };
  await db.insertInto('metrics').values({ app_id: appId, epoch, ...values })
    .onConflict((conflict) => conflict.columns(['app_id', 'epoch']).doUpdateSet(values).where(sql<boolean>`${read('requests', sql.ref('metrics.totals'))} <= ${totals.requests}::float8`)).execute();
}

/** Sums over all epochs; requests in flight are those of the newest. */
export async function sumTotals(db: Database, appId: string): Promise<MetricsTotals> {
  const sums = sql.join(counters.map((name) => sql`coalesce(sum(${read(name)}), 0) as ${sql.id(name)}`));
  const { rows } = await sql<Omit<MetricsTotals, 'lastRequestAt'> & { lastRequestAt: string | null }>`
    select ${sums}, coalesce((array_agg(${read('inFlight')} order by at desc))[1], 0) as "inFlight", max(${lastRequestAt()}) as "lastRequestAt" from metrics where app_id = ${appId}`.execute(db);
  const { lastRequestAt: last, ...sum } = rows[0]!;
  return { ...sum, ...(last === null ? {} : { lastRequestAt: last }) };
}

/** Apps that have more than `kept` epochs, one of which has been silent since then. */
export async function listCrowded(db: Database, kept: number, before: Date): Promise<string[]> {
  const rows = await db.selectFrom('metrics').select('app_id').where('epoch', '!=', folded).groupBy('app_id').having(sql<boolean>`count(*) > ${kept} and min(at) < ${before}`).execute();
  return rows.map((row) => row.app_id);
}

/**
 * Puts the epochs of an app that have been silent since `before` into one row, but for the newest `kept` that have counted anything. The app must be locked.
 *
 * Silence alone is no proof that an agent has ended: one that nobody visits says nothing for weeks, and while a server is down nobody hears any. It counts on from where it was,
 * and would be counted twice if its row were gone. So the newest ones keep their rows at any age, and with them all that is needed to take a late word as one. What is folded has been
 * passed by more agents of its app than one app has at a time, each of which had visitors after it had its last one. Those that have counted nothing do not count as passing: an agent that
 * crashes at every start makes many. Their rows can go without a loss: whatever comes of them later is all there was.
 * The row is as old as the newest in it: that one had nothing in flight, and nothing is what an older one must not contradict.
 */
export async function foldTotals(tx: Tx, appId: string, kept: number, before: Date): Promise<void> {
  const isIdle = sql`(${read('requests')} = 0 and ${read('inFlight')} = 0)`;
  const sums = sql.join(counters.map((name) => sql`${sql.lit(name)}, sum(${read(name)})`));
  const added = sql.join(counters.map((name) => sql`${sql.lit(name)}, ${read(name, sql.ref('metrics.totals'))} + ${read(name, sql.ref('excluded.totals'))}`));
  await sql`
    with ranked as (
      select epoch, ${isIdle} as is_idle, count(*) filter (where not ${isIdle}) over (order by at desc, epoch rows unbounded preceding) as counted
      from metrics where app_id = ${appId} and epoch <> ${folded}
    ), gone as (
      delete from metrics using ranked where metrics.app_id = ${appId} and metrics.epoch = ranked.epoch and metrics.at < ${before}
      and (ranked.is_idle or ranked.counted > ${kept}) returning metrics.totals, metrics.at
    )
    insert into metrics (app_id, epoch, totals, at)
    select ${appId}, ${folded}, jsonb_strip_nulls(jsonb_build_object(${sums}, 'inFlight', 0, 'lastRequestAt', max(${lastRequestAt()}))), max(at) from gone having count(*) > 0
    on conflict (app_id, epoch) do update set at = greatest(metrics.at, excluded.at),
      totals = jsonb_strip_nulls(jsonb_build_object(${added}, 'inFlight', 0, 'lastRequestAt', greatest(${lastRequestAt(sql.ref('metrics.totals'))}, ${lastRequestAt(sql.ref('excluded.totals'))})))`.execute(tx);
}

/** Apps of the workspace whose totals were written at or after `since`. */
export async function listMeasured(db: Database, { workspaceId, apps, since }: { workspaceId: string; apps: readonly string[] | undefined; since: Date }): Promise<string[]> {
  if (apps?.length === 0) return [];
  let query = db.selectFrom('metrics').innerJoin('apps', 'apps.id', 'metrics.app_id').select('app_id').distinct().where('workspace_id', '=', workspaceId).where('deleted_at', 'is', null).where('at', '>=', since);
  if (apps) query = query.where('app_id', 'in', [...apps]);
  return (await query.execute()).map((row) => row.app_id);
}
