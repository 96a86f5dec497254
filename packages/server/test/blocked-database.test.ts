import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { startSystem, type System, until } from './parts/system.ts';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

interface Blocked { system: System; countWaiting(): Promise<number>; block(table: string): Promise<void>; unblock(): Promise<void>; stop(): Promise<void> }

/** Work with a server whose database keeps a table to somebody else as long as that takes. */
async function withBlocked(work: (blocked: Blocked) => Promise<void>): Promise<void> {
  const url = await postgres.createDatabase();
  const system = await startSystem({ FAPI_DATABASE_URL: url }, { housekeepingMs: 1 });
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= system.stop());
  try {
    await work({
      system, stop,
      async countWaiting() {
        const { rows } = await other.query("select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
        return rows[0].count;
      },
      async block(table) {
        await other.query('begin');
        await other.query(`lock table ${table} in access exclusive mode`);
      },
      unblock: async () => void (await other.query('commit')),
    });
  } finally {
    await other.end();
    await stop();
  }
}

it('tidies up once at a time, however long that takes, and ends it before the database is closed', () => withBlocked(async ({ system, block, countWaiting, unblock, stop }) => {
  await block('deployments');
  await until(countWaiting, (count) => count > 0);
  for (let request = 0; request < 60; request++) expect((await system.call('/v1/health/live')).status).toBe(200);
  expect(await countWaiting()).toBe(1);
  const closed = stop();
  await unblock();
  await closed;
  expect(system.logs.filter(({ msg }) => msg === 'tidying up failed')).toEqual([]);
}));

it('keeps no backup for a caller who has left while it was written', () => withBlocked(async ({ system, block, countWaiting, unblock }) => {
  const place = join(system.dataDir, 'backup-under-way');
  const leave = new AbortController();
  await block('bundles');
  const asked = fetch(new URL('/v1/backup', system.server.url), { headers: { authorization: `Bearer ${system.server.operatorKey}` }, signal: leave.signal }).catch(() => 'left');
  await until(() => readdir(place).catch(() => []), (names) => names.length > 0);
  await until(countWaiting, (count) => count > 0);
  leave.abort();
  expect(await asked).toBe('left');
  await unblock();
  await until(() => system.logs.filter(({ msg, path }) => msg === 'request' && path === '/v1/backup').length, (count) => count > 0);
  expect(await until(() => readdir(place), (names) => names.length === 0)).toEqual([]);
}));
