import type { RunnerSpec } from '@fapi/runner-controller/work';
import { sql } from 'kysely';
import type { Tx } from '../store/schema.ts';

/** More than can have been counted by the database that was lost: one a second since the backup, and some. */
const some = 1_000;
const eventsEach = 100;

interface Wish { app_id: string; spec: RunnerSpec; live_deployment_id: string | null }
interface LiveRow { id: string; revision: string; bundle_sha256: string; env_version: number }

/**
 * A backup is older than what runners, the bus and open pages have seen since: they would take its next words for old ones.
 * So generations and event ids go on above everything that may have been used, every wish is said anew, and every page begins anew.
 * In plain SQL: the tables have the shape that they had when the backup was made.
 */
export async function moveAhead(tx: Tx, takenAt: Date, now: Date): Promise<void> {
  const gap = some + Math.max(0, Math.ceil((now.getTime() - takenAt.getTime()) / 1_000));
  await sql`select setval('events_id_seq', nextval('events_id_seq') + ${gap * eventsEach}::bigint)`.execute(tx);
  await sql`update apps set event_floor = (select last_value from events_id_seq)`.execute(tx);
  const { rows: wishes } = await sql<Wish>`select s.app_id, s.spec, a.live_deployment_id from specs s join apps a on a.id = s.app_id order by s.app_id`.execute(tx);
  for (const wish of wishes) await sayAnew(tx, wish, gap);
  await sql`update apps set generation = generation + ${gap}::int`.execute(tx);
}

async function sayAnew(tx: Tx, { app_id: appId, spec, live_deployment_id: liveId }: Wish, gap: number): Promise<void> {
  const generation = spec.generation + gap;
  const desired = await findDesired(tx, spec, liveId);
  if (desired.state === 'live') await sql`update deployments set generation = ${generation} where id = ${desired.deploymentId}`.execute(tx);
  const said: RunnerSpec = { ...spec, generation, desired };
  await sql`update specs set generation = ${generation}, spec = ${JSON.stringify(said)}::jsonb, is_published = false where app_id = ${appId}`.execute(tx);
}

/** Where the newest wish came to nothing, that what was live before it is live: no runner here remembers it. */
async function findDesired(tx: Tx, { desired }: RunnerSpec, liveId: string | null): Promise<RunnerSpec['desired']> {
  if (desired.state !== 'live' || !desired.cancelled || liveId === null || liveId === desired.deploymentId) return desired;
  const { rows } = await sql<LiveRow>`select d.id, d.revision, r.bundle_sha256, coalesce((to_jsonb(d) ->> 'env_version')::int, 0) as env_version from deployments d join revisions r on r.app_id = d.app_id and r.digest = d.revision where d.id = ${liveId}`.execute(tx);
  const live = rows[0];
  return live ? { ...desired, deploymentId: live.id, revision: live.revision, bundleSha256: live.bundle_sha256, envVersion: live.env_version, cancelled: false, settled: true } : desired;
}
