import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryBus } from '@fapi/runner-controller/work';
import type { AppFile } from '@fapi/sdk/contract';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layDatabase, layEngine } from '../../../tools/parts/database.ts';
import { startPostgres } from '../../../tools/parts/postgres.ts';
import type { Actor, Context } from '../src/commands/context.ts';
import { createApp } from '../src/commands/apps/create-app.ts';
import { deployApp } from '../src/commands/deployments/deploy-app.ts';
import { collect } from '../src/commands/tidying/collect.ts';
import { readDraft } from '../src/commands/drafts/read-draft.ts';
import { saveDraft } from '../src/commands/drafts/save-draft.ts';
import { createKeyRing } from '../src/domain/environments/key-ring.ts';
import { digestOf } from '../src/domain/code/revision.ts';
import { lockApp } from '../src/store/apps/apps.ts';
import { sweepContents } from '../src/store/code/contents.ts';
import { draftsKept, findDraft } from '../src/store/code/drafts.ts';
import { init } from '../src/store/database/migrations/0001-init.ts';
import { environment } from '../src/store/database/migrations/0002-environment.ts';
import { healthFacts } from '../src/store/database/migrations/0003-health-facts.ts';
import { lastCrash } from '../src/store/database/migrations/0004-last-crash.ts';
import { contents } from '../src/store/database/migrations/0005-contents.ts';
import { type OpenDatabase, openDatabase } from '../src/store/database/open.ts';
import { openPglite } from '../src/store/database/pglite.ts';
import { openPostgres } from '../src/store/database/postgres.ts';

const actor: Actor = { workspaceId: 'default', subject: 'builder', kind: 'embed' };
const main = (content: string): AppFile[] => [{ path: 'main.py', content }];
const hourMs = 3_600_000;

describe.each(['pglite', 'postgres'] as const)('texts of drafts on %s', (kind) => {
  const endings: (() => Promise<unknown>)[] = [];
  let postgres: Awaited<ReturnType<typeof startPostgres>> | undefined;
  let database: OpenDatabase;
  let offset = 0;
  let context: Context;
  const folder = async (): Promise<string> => {
    const made = await mkdtemp(join(tmpdir(), 'fapi-contents-'));
    endings.push(() => rm(made, { recursive: true, force: true }));
    return made;
  };
  beforeAll(async () => {
    if (kind === 'postgres') {
      postgres = await startPostgres();
      endings.unshift(() => postgres!.stop());
    }
    const dataDir = await folder();
    if (!postgres) await layDatabase(dataDir);
    database = await openDatabase({ databaseUrl: await postgres?.createDatabase(), dataDir });
    endings.unshift(() => database.close());
    context = {
      db: database.db, bus: createMemoryBus(), logger: pino({ level: 'silent' }), keyRing: createKeyRing(['a'.repeat(64)]), revisionsKept: 20, restoreDays: 7, now: () => new Date(Date.now() + offset),
      appUrl: (host) => `http://${host}.localhost/`, endSessions() {}, wakeStreams() {}, wakeStreamsSoon() {}, wakeRelay() {},
    };
  });
  afterAll(async () => { for (const end of endings) await end(); });

  const create = async (content: string): Promise<string> => (await createApp(context, actor, { title: 'App', files: main(content) })).id;
  const hasText = async (content: string): Promise<boolean> => (await database.db.selectFrom('contents').select('sha256').where('content', '=', content).executeTakeFirst()) !== undefined;
  /** One save after the other, until a version from before is kept no more. */
  const saveOften = async (appId: string, word: string): Promise<void> => {
    const { version } = await readDraft(context, actor, appId);
    for (let more = 0; more < draftsKept; more++) await saveDraft(context, actor, appId, version + more, main(`${word} ${more}`));
  };
  const isSwept = async (appId: string): Promise<boolean> => (await database.db.selectFrom('apps').select('sweep_after').where('id', '=', appId).executeTakeFirstOrThrow()).sweep_after === null;

  it('are stored once, whoever has them and however often', async () => {
    const [one, two] = [await create('shared'), await create('shared')];
    await saveDraft(context, actor, one, 1, [...main('shared'), { path: 'same.py', content: 'shared' }]);
    await saveDraft(context, actor, two, 1, main('own'));
    expect(await database.db.selectFrom('contents').selectAll().where('content', '=', 'shared').execute()).toMatchObject([{ bytes: 6 }]);
    expect((await readDraft(context, actor, one)).files).toEqual([...main('shared'), { path: 'same.py', content: 'shared' }]);
  });

  it('are collected an hour after nothing names them any more: the newest 50 versions do, what was deployed does, and so does another app', async () => {
    const [app, neighbour] = [await create('first'), await create('both')];
    await saveDraft(context, actor, app, 1, main('deployed'));
    await deployApp(context, actor, app, { draftVersion: 2 });
    await saveDraft(context, actor, app, 2, main('both'));
    await saveOften(app, 'later');
    const kept = await database.db.selectFrom('draft_versions').select('version').where('app_id', '=', app).orderBy('version').execute();
    expect(kept.map(({ version }) => version)).toEqual(Array.from({ length: draftsKept }, (_, index) => 4 + index));
    await collect(context);
    expect([await hasText('first'), await hasText('deployed'), await hasText('both')]).toEqual([true, true, true]);
    offset += hourMs + 60_000;
    await collect(context);
    expect([await hasText('first'), await hasText('deployed'), await hasText('both'), await hasText('later 0')]).toEqual([false, true, true, true]);
    expect(await isSwept(app)).toBe(true);
    expect((await readDraft(context, actor, neighbour)).files).toEqual(main('both'));
  });

  it('are not collected under somebody who names them at that moment', async () => {
    const app = await create('wanted again');
    await saveOften(app, 'between');
    offset += hourMs + 60_000;
    const sweepWhile = async (isSavedFirst: boolean): Promise<string> => {
      const now = context.now();
      const sweep = () => database.db.transaction().execute(async (tx) => {
        if (await lockApp(tx, app)) await sweepContents(tx, app, new Date(now.getTime() - hourMs), new Date(now.getTime() + hourMs));
      });
      const [first, second] = isSavedFirst ? [create('wanted again'), sweep()] : [sweep(), create('wanted again')];
      const made = await Promise.all([first, second]);
      return made.find((answer) => typeof answer === 'string')!;
    };
    for (const isSavedFirst of [true, false]) expect((await readDraft(context, actor, await sweepWhile(isSavedFirst))).files).toEqual(main('wanted again'));
  });

  // Where transactions wait for each other, there is nothing to interleave.
  it.runIf(kind === 'postgres').each(['the sweep is still open', 'the save is still open'])('are whole when %s as the other begins', async (which) => {
    const app = await create(`caught while ${which}`);
    await saveOften(app, which);
    offset += hourMs + 60_000;
    const now = context.now();
    const [done, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const sweep = (held: boolean) => database.db.transaction().execute(async (tx) => {
      await lockApp(tx, app);
      await sweepContents(tx, app, new Date(now.getTime() - hourMs), new Date(now.getTime() + hourMs));
      if (!held) return;
      done.resolve();
      await mayEnd.promise;
    });
    const create2 = (held: boolean) => createApp({ ...context, db: held ? holding(database.db, done, mayEnd.promise) : database.db }, actor, { title: 'App', files: main(`caught while ${which}`) });
    const isSweepHeld = which.startsWith('the sweep');
    const first = isSweepHeld ? sweep(true) : create2(true);
    await done.promise;
    const second = isSweepHeld ? create2(false) : sweep(false);
    // The save waits for the sweep; the sweep waits for nobody.
    if (!isSweepHeld) await second;
    mayEnd.resolve();
    const made = (await Promise.all([first, second])).find((answer) => answer !== undefined)!;
    expect((await readDraft(context, actor, made.id)).files).toEqual(main(`caught while ${which}`));
  });

  it('come over from rows that held whole files', async () => {
    const dataDir = await folder();
    if (!postgres) await layEngine(dataDir);
    const former = postgres ? await openPostgres(await postgres.createDatabase()) : await openPglite(dataDir);
    try {
      const { db } = former;
      for (const statement of [...init, ...environment, ...healthFacts, ...lastCrash]) await sql.raw(statement).execute(db);
      const [live, draft] = [[{ path: 'lib/e.py', content: 'é\r\n😀' }, ...main('x = 1\n')], [{ path: 'empty.py', content: '' }, ...main('x = 1\n')]];
      for (const id of ['app_a', 'app_b']) {
        await sql`insert into apps (id, workspace_id, title, host, created_at, created_by, draft_version, draft_files, draft_digest, draft_saved_at, draft_saved_by) values (${id}, 'default', 'A', ${id}, now(), 'x', 7, ${JSON.stringify(draft)}::jsonb, ${digestOf(draft)}, now(), 'y')`.execute(db);
      }
      await sql`insert into bundles values ('b', ''::bytea, now())`.execute(db);
      await sql`insert into revisions values ('app_a', ${digestOf(live)}, ${JSON.stringify(live)}::jsonb, 'b', now())`.execute(db);
      await sql`insert into deployments (id, app_id, generation, revision, draft_version, status, stages, created_at, created_by, progressed_at) values ('d', 'app_a', 1, ${digestOf(live)}, 6, 'live', '[]', now(), 'x', now())`.execute(db);
      for (const statement of contents) await sql.raw(statement).execute(db);

      const moved = (await findDraft(db, 'app_a', 7))!;
      expect(moved).toMatchObject({ digest: digestOf(draft), base_revision: digestOf(live), saved_by: 'y', files: draft });
      expect(digestOf(moved.files)).toBe(digestOf(draft));
      expect(await findDraft(db, 'app_b', 7)).toMatchObject({ base_revision: null, files: draft });
      const { manifest } = await db.selectFrom('revisions').select('manifest').executeTakeFirstOrThrow();
      expect(manifest).toMatchObject([{ bytes: Buffer.byteLength(live[0]!.content) }, { sha256: moved.files[1]!.sha256 }]);
      expect((await db.selectFrom('contents').select('bytes').orderBy('bytes').execute()).map(({ bytes }) => bytes)).toEqual([0, 6, Buffer.byteLength(live[0]!.content)]);
      expect(await db.selectFrom('app_contents').selectAll().execute()).toHaveLength(5);
    } finally {
      await former.close();
    }
  });
});

/** A database whose next transaction says when its work is done, and ends when it may. */
function holding(db: Context['db'], done: PromiseWithResolvers<void>, mayEnd: Promise<void>): Context['db'] {
  return { transaction: () => ({ execute: (work: (tx: unknown) => Promise<unknown>) => db.transaction().execute(async (tx) => {
    const answer = await work(tx);
    done.resolve();
    await mayEnd;
    return answer;
  }) }) } as never;
}
