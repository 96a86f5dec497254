import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layDatabase } from '../../../tools/parts/database.ts';
import { startPostgres } from '../../../tools/parts/postgres.ts';
import { type OpenDatabase, openDatabase } from '../src/store/database/open.ts';

describe.each(['pglite', 'postgres'] as const)('a transaction on %s', (kind) => {
  let database: OpenDatabase;
  let db: Kysely<{ notes: { id: number; text: string } }>;
  const endings: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'fapi-transactions-'));
    endings.push(() => rm(dataDir, { recursive: true, force: true }));
    const postgres = kind === 'postgres' ? await startPostgres() : undefined;
    if (postgres) endings.unshift(() => postgres.stop());
    else await layDatabase(dataDir);
    database = await openDatabase({ databaseUrl: await postgres?.createDatabase(), dataDir });
    endings.unshift(() => database.close());
    db = database.db as never;
    await sql`create table notes (id int primary key, text text not null)`.execute(db);
  });
  afterAll(async () => { for (const end of endings) await end(); });
  const texts = async (): Promise<string[]> => (await db.selectFrom('notes').select('text').orderBy('id').execute()).map(({ text }) => text);
  const insert = (id: number, text: string | null, error?: Error): Promise<void> => db.transaction().execute(async (tx) => {
    await tx.insertInto('notes').values({ id, text: text as string }).execute();
    if (error) throw error;
  });

  it('leaves nothing when its work throws, also not to the next one', async () => {
    await expect(insert(1, 'thrown away', new Error('no'))).rejects.toThrow('no');
    await insert(2, 'kept');
    expect(await texts()).toEqual(['kept']);
  });

  it('fails alone when a statement fails', async () => {
    await expect(insert(3, null)).rejects.toMatchObject({ code: '23502' });
    await expect(insert(2, 'twice')).rejects.toMatchObject({ code: '23505' });
    expect(await texts()).toEqual(['kept']);
    await insert(4, 'goes on');
    expect(await texts()).toEqual(['kept', 'goes on']);
  });

  it('is not committed when a statement of it had failed and nobody said so', async () => {
    const quiet = db.transaction().execute(async (tx) => {
      await tx.insertInto('notes').values({ id: 5, text: 'half' }).execute();
      await tx.insertInto('notes').values({ id: 5, text: 'twice' }).execute().catch(() => undefined);
    });
    if (kind === 'pglite') await expect(quiet).rejects.toThrow();
    else await quiet.catch(() => undefined);
    expect(await texts()).toEqual(['kept', 'goes on']);
  });
});

it('is refused like every statement, and keeps nobody waiting, when the embedded database has ended', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'fapi-transactions-'));
  await layDatabase(dataDir);
  const { db, close } = await openDatabase({ databaseUrl: undefined, dataDir });
  await sql`select 1`.execute(db);
  await close();
  const outcomes = await Promise.allSettled([1, 2].flatMap(() => [db.transaction().execute(async (tx) => sql`select 1`.execute(tx)), sql`select 1`.execute(db)]));
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: '57P01' } });
  await rm(dataDir, { recursive: true });
});

it('and every statement is refused when Postgres has panicked: it would spin for ever at the next one', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'fapi-panic-'));
  await layDatabase(dataDir);
  const { db, close, ended } = await openDatabase({ databaseUrl: undefined, dataDir });
  await sql`create table filled (text text)`.execute(db);
  // It has no log to write to.
  const log = join(dataDir, 'database', 'pg_wal');
  await rename(log, `${log}.away`);
  await writeFile(log, '');
  let refused: unknown;
  for (let round = 0; round < 50 && refused === undefined; round++) refused = await sql`insert into filled select repeat(md5(random()::text), 30) from generate_series(1, 4000)`.execute(db).then(() => undefined, (error: unknown) => error);
  expect(refused).toMatchObject({ code: '57P01' });
  expect((await ended).message).toContain('pg_wal');
  await expect(sql`select 1`.execute(db)).rejects.toMatchObject({ code: '57P01' });
  await close();
  await rm(dataDir, { recursive: true });
}, 60_000);
