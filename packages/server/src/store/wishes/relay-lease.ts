import { sql } from 'kysely';
import type { Database } from '../schema.ts';

/**
 * Takes or renews the one lease to publish specs; false when another holds it. It is free when its time is over, or when the session of its holder is gone.
 * By the database's clock: the servers' own may differ. `session` is the connection that the holder keeps.
 */
export async function takeLease(session: Database, holder: string, ttlMs: number): Promise<boolean> {
  const taken = await sql`
    insert into relay_lease (id, holder, until, session_pid, session_start)
    values (1, ${holder}, clock_timestamp() + ${ttlMs}::int * interval '1 millisecond', pg_backend_pid(), (select backend_start from pg_stat_activity where pid = pg_backend_pid()))
    on conflict (id) do update set holder = excluded.holder, until = excluded.until, session_pid = excluded.session_pid, session_start = excluded.session_start
    where relay_lease.holder = excluded.holder or relay_lease.until < clock_timestamp()
      or not exists (select 1 from pg_stat_activity a where a.pid = relay_lease.session_pid and a.backend_start is not distinct from relay_lease.session_start)
    returning id`.execute(session);
  return taken.rows.length > 0;
}

/** Lets go of it, so that nobody has to wait for its end. */
export async function releaseLease(session: Database, holder: string): Promise<void> {
  await session.deleteFrom('relay_lease').where('holder', '=', holder).execute();
}

/** Wakes whoever holds the lease. A lost one costs a moment: it looks by itself too. */
export async function notifyHolder(db: Database): Promise<void> {
  await sql`select pg_notify('fapi_specs', '')`.execute(db);
}
