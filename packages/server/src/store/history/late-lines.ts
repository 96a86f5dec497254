import { sql } from 'kysely';
import type { Tx } from '../schema.ts';

/** More than the clocks of two machines are apart. A line's number is the time of its agent in microseconds. */
const clockSlackMs = 60_000;
/** So many of the oldest rows are asked where the log begins. */
const oldestRows = 50;

/** Where an app's log begins, if retention has taken from it: `kept` rows are left then. The middle of the oldest rows, for one of them may hold a line that came late itself. */
async function findBeginning(tx: Tx, appId: string, kept: number): Promise<number | undefined> {
  const { rows } = await sql<{ seq: number | null }>`select percentile_disc(0.5) within group (order by (payload->'lines'->0->>'seq')::bigint) as seq
    from (select payload from events where app_id = ${appId} and type = 'log' order by id limit ${sql.lit(oldestRows)}) oldest
    where exists (select 1 from events where app_id = ${appId} and type = 'log' order by id offset ${sql.lit(kept - 1)} limit 1)`.execute(tx);
  return rows[0]?.seq ?? undefined;
}

/** Which of these lines of an app's log were heard before: those that are there, and those from before what is kept, for they were there once. Whoever calls holds the app's lock, so that retention takes nothing meanwhile. */
export async function findHeardLines(tx: Tx, app: { id: string; event_floor: number }, seqs: readonly number[], kept: number): Promise<Set<number>> {
  const beginning = app.event_floor === 0 ? undefined : await findBeginning(tx, app.id, kept);
  const heard = new Set(beginning === undefined ? [] : seqs.filter((seq) => seq < beginning));
  const sought = seqs.filter((seq) => !heard.has(seq));
  if (sought.length === 0) return heard;
  const [first, last] = [Math.min(...sought), Math.max(...sought)];
  // A row that was written before its line was printed cannot hold it: of those the lines are not even read.
  const { rows } = await sql<{ seq: number }>`select line.seq::bigint as seq from events cross join lateral jsonb_path_query(payload, '$.lines[*].seq') as line(seq)
    where app_id = ${app.id} and type = 'log' and at >= ${new Date(first / 1_000 - clockSlackMs)} and line.seq::bigint between ${first}::bigint and ${last}::bigint`.execute(tx);
  const stored = new Set(rows.map(({ seq }) => seq));
  for (const seq of sought) if (stored.has(seq)) heard.add(seq);
  return heard;
}
