import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@fapi/sdk';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layDatabase } from '../../../tools/parts/database.ts';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { createEventPruning } from '../src/commands/tidying/prune-events.ts';
import { openDatabase } from '../src/store/database/open.ts';
import { startSystem, until } from './parts/system.ts';

const dayMs = 86_400_000;
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
const folders: string[] = [];
afterAll(async () => {
  await postgres?.stop();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe.each(['pglite', 'postgres'] as const)('the audit log on %s', (kind) => {
  const start = async (environment: Record<string, string> = {}) => startSystem({ ...environment, ...(kind === 'postgres' ? { FAPI_DATABASE_URL: await postgres.createDatabase() } : {}) });

  it('is kept for 400 days, and for the days that FAPI_AUDIT_DAYS says', async () => {
    const systems = await Promise.all([start(), start({ FAPI_AUDIT_DAYS: '10' })]);
    for (const [index, days] of [400, 10].entries()) {
      const system = systems[index]!;
      const client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
      const make = async () => (await client.apps.create({ title: 'Watched' })).id;
      const first = await make();
      system.advance(2 * dayMs);
      const second = await make();
      system.advance((days - 1) * dayMs);
      const kept = await until(async () => (await client.audit.list()).items.map(({ appId }) => appId), (ids) => !ids.includes(first), 20_000);
      expect(kept).toEqual([second]);
      client.close();
    }
    await Promise.all(systems.map((system) => system.stop()));
  }, 60_000);
});

it('is kept for ever with FAPI_AUDIT_DAYS=0', async () => {
  const system = await startSystem({ FAPI_AUDIT_DAYS: '0' });
  const client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
  const app = await client.apps.create({ title: 'Watched' });
  system.advance(4_000 * dayMs);
  // The sweeper ends what nobody moves: when it has done so twice, it has pruned in between.
  for (let sweep = 0; sweep < 2; sweep++) {
    const made = await client.deployments.create(app.id, { draftVersion: 1 });
    system.advance(dayMs / 24);
    await until(() => client.deployments.read(app.id, made.id), ({ status }) => status === 'failed', 20_000);
  }
  expect((await client.audit.list({ action: 'apps.create' })).items.map(({ appId }) => appId)).toEqual([app.id]);
  client.close();
  await system.stop();
}, 60_000);

describe.each(['pglite', 'postgres'] as const)('events on %s', (kind) => {
  it('are kept by app and type, the newest of each, however many come between two looks; what is gone raises the floor of its app', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'fapi-prune-'));
    folders.push(dataDir);
    if (kind === 'pglite') await layDatabase(dataDir);
    const { db, close } = await openDatabase({ dataDir, databaseUrl: kind === 'postgres' ? await postgres.createDatabase() : undefined });
    await sql`insert into apps (id, workspace_id, title, host, created_at, created_by, draft_version, draft_digest, draft_saved_at, draft_saved_by) select 'app_' || n, 'default', 'x', 'h' || n, now(), 'x', 1, 'x', now(), 'x' from generate_series(0, 4) n`.execute(db);
    const keep = 20;
    const pruning = createEventPruning(db, keep, { kinds: 3, fresh: 100, most: 50 });
    for (const count of [3_000, 0, 1, 37, 900]) {
      // Unevenly over five apps and two types.
      await sql`insert into events (workspace_id, app_id, type, payload, at) select 'default', 'app_' || least(4, n % 11), case when n % 3 = 0 then 'log' else 'app' end, '{}', now() from generate_series(1, ${count}::int) n`.execute(db);
      const { rows: before } = await sql<{ id: number; app_id: string; place: number }>`select id, app_id, row_number() over (partition by app_id, type order by id desc)::int as place from events order by id`.execute(db);
      const floors = new Map((await db.selectFrom('apps').select(['id', 'event_floor']).execute()).map(({ id, event_floor }) => [id, event_floor]));
      for (let isLeft = true; isLeft; ) {
        const left = (await sql<{ count: number }>`select count(*)::int as count from events`.execute(db)).rows[0]!.count;
        isLeft = await pruning.step();
        expect(left - (await sql<{ count: number }>`select count(*)::int as count from events`.execute(db)).rows[0]!.count).toBeLessThanOrEqual(50);
      }
      expect((await db.selectFrom('events').select('id').orderBy('id').execute()).map(({ id }) => id)).toEqual(before.filter(({ place }) => place <= keep).map(({ id }) => id));
      for (const { id, app_id, place } of before) if (place > keep) floors.set(app_id, Math.max(floors.get(app_id)!, id));
      for (const { id, event_floor } of await db.selectFrom('apps').select(['id', 'event_floor']).execute()) expect([id, event_floor]).toEqual([id, floors.get(id)]);
    }
    await close();
  }, 60_000);
});
