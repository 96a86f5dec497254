import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { layDatabase } from '../../../tools/parts/database.ts';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { createMetricsFolding } from '../src/commands/tidying/fold-metrics.ts';
import { openDatabase } from '../src/store/database/open.ts';
import type { Database } from '../src/store/schema.ts';
import { putTotals, sumTotals } from '../src/store/wishes/metrics.ts';
import { databases } from './parts/databases.ts';
import { makeRandom } from './parts/random.ts';
import { startSystem, until } from './parts/system.ts';

const hourMs = 3_600_000;
const kept = 32;
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

const totals = (requests: number, inFlight = 0) => ({ requests, status2xx: requests, status3xx: 0, status4xx: 0, status5xx: 0, inFlight, bytesOut: requests * 10, ...(requests === 0 ? {} : { lastRequestAt: new Date(requests * 1_000).toISOString() }) });
const countRows = async (db: Database, appId: string): Promise<number> => (await db.selectFrom('metrics').select('epoch').where('app_id', '=', appId).execute()).length;

describe.each(databases)('counters of agents that are gone, on %s', (kind) => {
  const app = 'app_0';
  let folder: string;
  let database: Awaited<ReturnType<typeof openDatabase>>;
  let clock: Date;
  let fold: () => Promise<void>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fapi-fold-'));
    if (kind === 'pglite') await layDatabase(folder);
    database = await openDatabase({ dataDir: folder, databaseUrl: kind === 'postgres' ? await postgres.createDatabase() : undefined });
    await sql`insert into apps (id, workspace_id, title, host, created_at, created_by, draft_version, draft_digest, draft_saved_at, draft_saved_by) select 'app_' || n, 'default', 'x', 'h' || n, now(), 'x', 1, 'x', now(), 'x' from generate_series(0, 1) n`.execute(database.db);
  });
  afterAll(async () => {
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await database.db.deleteFrom('metrics').execute();
    clock = new Date('2026-01-01T00:00:00Z');
    fold = createMetricsFolding({ db: database.db, now: () => clock }, kept);
  });
  const pass = (hours: number): void => void (clock = new Date(clock.getTime() + hours * hourMs));
  const say = async (epoch: string, requests: number, inFlight = 0): Promise<void> => {
    pass(0.001);
    await putTotals(database.db, app, epoch, totals(requests, inFlight), clock);
  };

  it('become one row when they have been silent for a day, but for the newest, and sum up to the same', async () => {
    for (let agent = 1; agent <= 100; agent++) await say(`agent ${agent}`, agent);
    await putTotals(database.db, 'app_1', 'other', totals(7), clock);
    const sum = await sumTotals(database.db, app);
    expect(sum).toEqual({ ...totals(100), requests: 5_050, status2xx: 5_050, bytesOut: 50_500 });
    pass(23);
    await fold();
    expect(await countRows(database.db, app)).toBe(100);
    pass(2);
    await fold();
    expect([await countRows(database.db, app), await sumTotals(database.db, app)]).toEqual([kept + 1, sum]);
    // What is folded later is added to what was.
    for (let agent = 101; agent <= 140; agent++) await say(`agent ${agent}`, 1);
    pass(25);
    await fold();
    expect([await countRows(database.db, app), await sumTotals(database.db, app)]).toEqual([kept + 1, { ...sum, requests: 5_090, status2xx: 5_090, bytesOut: 50_900 }]);
    expect(await sumTotals(database.db, 'app_1')).toMatchObject({ requests: 7 });
  });

  it('leave one alone that says nothing for weeks, while others crash at every start: it counts on from where it was', async () => {
    await say('quiet', 5);
    for (let day = 0; day < 20; day++) {
      for (let crash = 0; crash < 10; crash++) await say(`crash ${day} ${crash}`, 0);
      pass(24);
      await fold();
    }
    expect(await countRows(database.db, app)).toBeLessThan(50);
    await say('quiet', 6);
    await say('quiet', 4);
    expect(await sumTotals(database.db, app)).toMatchObject({ requests: 6 });
  });

  it('leave what is in flight to the newest, however long it has been silent', async () => {
    for (let agent = 0; agent < 40; agent++) await say(`agent ${agent}`, 1, 3);
    await say('newest', 0);
    pass(25);
    await fold();
    expect(await sumTotals(database.db, app)).toMatchObject({ requests: 40, inFlight: 0 });
  });

  it.each([1, 2, 3])('count each request once, whatever agents come, go, say late or again (seed %s)', async (seed) => {
    const random = makeRandom(seed);
    const counted = new Map<string, number>();
    let alive = ['0', '1', '2'];
    for (let step = 0; step < 400; step++) {
      const agent = alive[Math.floor(random() * alive.length)]!;
      const [former, next] = [counted.get(agent) ?? 0, (counted.get(agent) ?? 0) + Math.floor(random() * 3)];
      await say(agent, next);
      if (random() < 0.2) await say(agent, former);
      counted.set(agent, next);
      if (random() < 0.5) alive = [...alive.filter((one) => one !== agent), String(step + 3)];
      if (random() < 0.2) pass(random() * 30);
      await fold();
    }
    expect((await sumTotals(database.db, app)).requests).toBe([...counted.values()].reduce((sum, requests) => sum + requests, 0));
    expect(await countRows(database.db, app)).toBeLessThan(100);
  }, 60_000);

  it('never go back, whichever of two servers writes first', async () => {
    const words = Array.from({ length: 40 }, (_, index) => (index * 7) % 40);
    await Promise.all(words.map((requests) => putTotals(database.db, app, 'one', totals(requests), clock)));
    expect(await sumTotals(database.db, app)).toMatchObject({ requests: 39 });
  });
});

it('are folded by the server itself', async () => {
  const databaseUrl = await postgres.createDatabase();
  const system = await startSystem({ FAPI_DATABASE_URL: databaseUrl });
  const { db, close } = await openDatabase({ dataDir: system.dataDir, databaseUrl });
  const { id } = (await system.call('/v1/apps', { method: 'POST', body: { title: 'App' } })).json;
  const requests = async (): Promise<number> => (await system.call(`/v1/apps/${id}/metrics`)).json.requests;
  for (let agent = 0; agent < 110; agent++) system.bus.streams.publish({ kind: 'metrics', value: { schema: 1, appId: id, epoch: `agent ${agent}`, at: new Date().toISOString(), totals: totals(1) } });
  await until(requests, (sum) => sum === 110);
  system.advance(25 * hourMs);
  expect(await until(() => countRows(db, id), (count) => count < 110)).toBe(101);
  expect(await requests()).toBe(110);
  await close();
  await system.stop();
}, 40_000);
