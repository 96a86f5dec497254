import { toJson } from '../json.ts';
import type { Database, MetricsTotals } from '../schema.ts';

/** Keeps the last totals of each epoch: counters only grow within one, so a late sample changes nothing. */
export async function putTotals(db: Database, appId: string, epoch: string, totals: MetricsTotals, at: Date): Promise<void> {
  const known = await db.selectFrom('metrics').select('totals').where('app_id', '=', appId).where('epoch', '=', epoch).executeTakeFirst();
  if (known && known.totals.requests > totals.requests) return;
  const values = { totals: toJson(totals), at };
  await db.insertInto('metrics').values({ app_id: appId, epoch, ...values }).onConflict((conflict) => conflict.columns(['app_id', 'epoch']).doUpdateSet(values)).execute();
}

/** Sums over all epochs; requests in flight are those of the newest. */
export async function sumTotals(db: Database, appId: string): Promise<MetricsTotals> {
  const rows = await db.selectFrom('metrics').select('totals').where('app_id', '=', appId).orderBy('at').execute();
  const sum = (name: 'requests' | 'status2xx' | 'status3xx' | 'status4xx' | 'status5xx' | 'bytesOut'): number => rows.reduce((total, row) => total + row.totals[name], 0);
  const last = rows.flatMap((row) => row.totals.lastRequestAt ?? []).toSorted().at(-1);
  return {
    requests: sum('requests'), status2xx: sum('status2xx'), status3xx: sum('status3xx'), status4xx: sum('status4xx'), status5xx: sum('status5xx'), bytesOut: sum('bytesOut'),
    inFlight: rows.at(-1)?.totals.inFlight ?? 0, ...(last === undefined ? {} : { lastRequestAt: last }),
  };
}

/** Apps of the workspace whose totals were written at or after `since`. */
export async function listMeasured(db: Database, { workspaceId, apps, since }: { workspaceId: string; apps: readonly string[] | undefined; since: Date }): Promise<string[]> {
  if (apps?.length === 0) return [];
  let query = db.selectFrom('metrics').innerJoin('apps', 'apps.id', 'metrics.app_id').select('app_id').distinct().where('workspace_id', '=', workspaceId).where('deleted_at', 'is', null).where('at', '>=', since);
  if (apps) query = query.where('app_id', 'in', [...apps]);
  return (await query.execute()).map((row) => row.app_id);
}
