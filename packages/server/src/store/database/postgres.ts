import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { makeLimitedClient } from './limited-client.ts';
import type { OpenDatabase } from './open.ts';
import type { Tables } from '../schema.ts';
import { createSpace } from '../disk/space.ts';

const int8 = 20;
/** A server that is stalled in the middle of a transaction holds locks that all others wait for: Postgres ends it. */
const idleInTransactionMs = 5_000;
/** Of the session, which is asked for a lease of seconds: a later answer is of no use, and the next try needs the connection. */
const sessionLimitMs = 3_000;
/** After so much silence the system asks whether the other side is still there: a network may lose a connection without a word. */
const keepAliveMs = 10_000;

/** A real Postgres, 15 or newer. */
export async function openPostgres(connectionString: string): Promise<OpenDatabase> {
  const types = new pg.TypeOverrides();
  types.setTypeParser(int8, Number);
  // Until somebody watches, a statement may take its time: a migration, a backup or a restore by a program of its own.
  let limitMs: number | undefined;
  const makePool = (more: pg.PoolConfig): pg.Pool => {
    const pool = new pg.Pool({ connectionString, types, connectionTimeoutMillis: 10_000, keepAlive: true, keepAliveInitialDelayMillis: keepAliveMs, idle_in_transaction_session_timeout: idleInTransactionMs, ...more });
    // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
    pool.on('error', () => undefined);
    // The same for one that breaks between two statements of a transaction: the next statement says so to whoever waits for it.
    pool.on('connect', (connection) => connection.on('error', () => undefined));
    return pool;
  };
  const listeners = new Set<() => void>();
  const own = makePool({ max: 1, idleTimeoutMillis: 0, connectionTimeoutMillis: sessionLimitMs, Client: makeLimitedClient(() => sessionLimitMs) });
  own.on('connect', (connection) => {
    connection.on('notification', () => {
      for (const listener of listeners) listener();
    });
    connection.query('listen fapi_specs').catch(() => undefined);
  });
  const space = createSpace();
  const [db, session] = [makePool({ max: 8, Client: makeLimitedClient(() => limitMs) }), own].map((pool) => new Kysely<Tables>({ log: space.note, dialect: new PostgresDialect({ pool }) })) as [Kysely<Tables>, Kysely<Tables>];
  return {
    db,
    kind: 'postgres',
    session,
    onNotice(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    // Connections that break are made anew.
    ended: new Promise(() => {}),
    watch: (limit) => void (limitMs = limit),
    isFull: space.isFull,
    async close() {
      await session.destroy();
      await db.destroy();
    },
  };
}
