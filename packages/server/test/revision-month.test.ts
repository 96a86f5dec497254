import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryBus } from '@fapi/runner-controller/work';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layDatabase } from '../../../tools/parts/database.ts';
import { startPostgres } from '../../../tools/parts/postgres.ts';
import { collectRevisions } from '../src/commands/tidying/collect-revisions.ts';
import type { Actor, Context } from '../src/commands/context.ts';
import { createApp } from '../src/commands/apps/create-app.ts';
import { deployApp } from '../src/commands/deployments/deploy-app.ts';
import { saveEnvironment } from '../src/commands/environments/environment.ts';
import { collect } from '../src/commands/tidying/collect.ts';
import { patchRevision } from '../src/commands/revisions/patch-revision.ts';
import { createHistoryPruning } from '../src/commands/tidying/prune-history.ts';
import { readDraft } from '../src/commands/drafts/read-draft.ts';
import { listAppRevisions, readRevisionFiles } from '../src/commands/revisions/read-revisions.ts';
import { recordStatus } from '../src/commands/listening/record-status.ts';
import { saveDraft } from '../src/commands/drafts/save-draft.ts';
import { createKeyRing } from '../src/domain/environments/key-ring.ts';
import { deploymentsKept } from '../src/domain/deployments/retention.ts';
import { type OpenDatabase, openDatabase } from '../src/store/database/open.ts';
import { makeStatus } from './parts/system.ts';

const actor: Actor = { workspaceId: 'default', subject: 'builder', kind: 'embed' };
const [minuteMs, dayMs, monthDays, deploysPerDay] = [60_000, 86_400_000, 30, 8];
const revisionsKept = 20;
const library = { path: 'data.txt', content: 'the same in all revisions\n'.repeat(2_000) };
const filesOf = (step: number, word = 'step') => [{ path: 'main.py', content: `# ${word} ${step}\n${'x'.repeat(2_000)}\n` }, library];

describe.each(['pglite', 'postgres'] as const)('a month of an app on %s', (kind) => {
  const endings: (() => Promise<unknown>)[] = [];
  let database: OpenDatabase;
  let context: Context;
  let pruneHistory: () => Promise<void>;
  let appId: string;
  let now = Date.UTC(2030, 0, 1);
  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'fapi-month-'));
    endings.push(() => rm(dataDir, { recursive: true, force: true }));
    const postgres = kind === 'postgres' ? await startPostgres() : undefined;
    if (postgres) endings.unshift(() => postgres.stop());
    else await layDatabase(dataDir);
    database = await openDatabase({ databaseUrl: await postgres?.createDatabase(), dataDir });
    endings.unshift(() => database.close());
    context = {
      db: database.db, bus: createMemoryBus(), logger: pino({ level: 'silent' }), keyRing: createKeyRing(['a'.repeat(64)]), revisionsKept, restoreDays: 7, now: () => new Date(now),
      appUrl: (host) => `http://${host}.localhost/`, endSessions() {}, wakeStreams() {}, wakeStreamsSoon() {}, wakeRelay() {},
    };
    pruneHistory = createHistoryPruning(context, 400);
  });
  afterAll(async () => { for (const end of endings) await end(); });

  let collectedAt: Date | undefined;
  /** As the server does it. */
  const tidy = async (): Promise<void> => {
    const at = context.now();
    await collectRevisions(context, collectedAt && new Date(collectedAt.getTime() - 5 * minuteMs));
    collectedAt = at;
    await collect(context);
    await pruneHistory();
  };
  const settle = async (made: { generation: number; revision: string }, outcome: 'live' | 'failed'): Promise<void> => {
    now += 2_000;
    await recordStatus(context, outcome === 'live' ? makeStatus(appId, made.generation, 'live', 'live', { serving: { generation: made.generation, revision: made.revision } }) : makeStatus(appId, made.generation, 'failed', 'validating', { reason: 'validation_failed', message: 'no' }));
  };
  const deployNext = async (step: number, outcome: 'live' | 'failed' = 'live'): Promise<string> => {
    const draft = await readDraft(context, actor, appId);
    const saved = await saveDraft(context, actor, appId, draft.version, filesOf(step, 'half done'));
    const made = await deployApp(context, { ...actor, idempotencyKey: `click-${appId}-${step}` }, appId, { draftVersion: saved.version, patch: { put: filesOf(step), move: [], remove: [] } });
    await settle(made, outcome);
    return made.revision;
  };
  const count = async (table: string): Promise<number> => (await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(database.db)).rows[0]!.count;
  const bytes = async (): Promise<number> => (await sql<{ bytes: number }>`select ((select coalesce(sum(octet_length(content)), 0) from contents) + (select coalesce(sum(octet_length(bytes)), 0) from bundles) + (select coalesce(sum(octet_length(payload::text)), 0) from events))::float8 as bytes`.execute(database.db)).rows[0]!.bytes;

  it('leaves rows and bytes bounded, and all that is needed is there and can be deployed', async () => {
    appId = (await createApp(context, actor, { title: 'Busy', files: filesOf(0) })).id;
    let step = 0;
    let pinned = '';
    let bytesBefore = 0;
    for (let day = 0; day < monthDays; day++) {
      for (let deploy = 0; deploy < deploysPerDay; deploy++) {
        const revision = await deployNext(++step, step % 7 === 0 ? 'failed' : 'live');
        if (step === 15) pinned = (await patchRevision(context, actor, appId, revision, { pinned: true, comment: 'Keep me' })).digest;
        if (step % 10 === 0) await saveEnvironment(context, actor, appId, step / 10 - 1, [{ name: 'STEP', value: String(step), secret: true, scope: 'both' }]);
        now += dayMs / deploysPerDay;
        await tidy();
      }
      if (day === 23) bytesBefore = await bytes();
    }
    const last = step;
    expect(last).toBe(240);
    const { items: revisions } = await listAppRevisions(context, actor, appId, { limit: 100, below: undefined });
    expect(revisions.map(({ number }) => number)).toEqual([...Array.from({ length: revisionsKept }, (_, index) => step - index), 15]);
    expect(revisions.at(-1)).toMatchObject({ digest: pinned, pinned: true, comment: 'Keep me', outcome: 'stopped' });
    expect(revisions.filter(({ isLive }) => isLive).map(({ number }) => number)).toEqual([last]);
    expect(await count('deployments')).toBeLessThanOrEqual(deploymentsKept + 3);
    expect(await count('draft_versions')).toBe(50);
    expect(await count('contents')).toBeLessThanOrEqual(50 + revisionsKept + 5);
    expect(await count('app_contents')).toBe(await count('contents'));
    expect(await count('bundles')).toBe(revisionsKept + 1);
    // The one that the pinned revision was deployed with, and the newest ones.
    const environments = (await database.db.selectFrom('environments').select('version').orderBy('version').execute()).map(({ version }) => version);
    expect(environments[0]).toBe(1);
    expect(environments.slice(1).every((version) => version >= 20)).toBe(true);
    expect(await count('events')).toBeLessThanOrEqual(3 * 500);
    expect(await count('idempotency')).toBeLessThanOrEqual(deploysPerDay + 1);
    expect(Math.abs((await bytes()) / bytesBefore - 1)).toBeLessThan(0.1);

    // Thirty times nothing works: what is live, what was good before it, and what is pinned stay, however old.
    const live = revisions.find(({ isLive }) => isLive)!.digest;
    const before = revisions.find(({ number }) => number === last - 1)!.digest;
    for (let failure = 0; failure < 30; failure++) {
      await deployNext(++step, 'failed');
      now += 2 * minuteMs;
      await tidy();
    }
    const kept = (await listAppRevisions(context, actor, appId, { limit: 100, below: undefined })).items;
    expect(kept.map(({ number }) => number)).toEqual([...Array.from({ length: revisionsKept }, (_, index) => step - index), last, last - 1, 15]);
    expect(kept.filter(({ isLastGood }) => isLastGood).map(({ digest }) => digest)).toEqual([live]);
    for (const digest of [pinned, before, live]) {
      expect(await readRevisionFiles(context, actor, appId, digest)).toEqual(filesOf(Number(/# step (\d+)/.exec((await readRevisionFiles(context, actor, appId, digest)).find(({ path }) => path === 'main.py')!.content)![1])).toSorted((a, b) => (a.path < b.path ? -1 : 1)));
      const made = await deployApp(context, actor, appId, { revision: digest, environment: 'newest' });
      await settle(made, 'live');
      expect((await listAppRevisions(context, actor, appId, { limit: 100, below: undefined })).items.find(({ isLive }) => isLive)?.digest).toBe(digest);
    }
  }, 240_000);

  it('keeps what is on its way and what the runner has parked, until a minute after it was live', async () => {
    const own = { ...context, revisionsKept: 1 };
    appId = (await createApp(context, actor, { title: 'Small', files: filesOf(0) })).id;
    const numbers = async (): Promise<number[]> => {
      await collectRevisions(own);
      return (await listAppRevisions(context, actor, appId, { limit: 100, below: undefined })).items.map(({ number }) => number);
    };
    for (let step = 1; step <= 3; step++) {
      await deployNext(step);
      now += minuteMs;
    }
    const draft = await readDraft(context, actor, appId);
    await deployApp(context, actor, appId, { draftVersion: draft.version, patch: { put: filesOf(4), move: [], remove: [] } });
    // 4 is queued, 3 is live, 2 ended a minute ago and was last good before 3, 1 is nobody's.
    expect(await numbers()).toEqual([4, 3, 2]);
    await deployNext(5);
    await deployNext(6);
    expect(await numbers()).toEqual([6, 5, 3]);
    now += minuteMs;
    expect(await numbers()).toEqual([6, 5]);
  }, 60_000);

  it('shares a bundle between apps, and deletes it when no revision has named it for an hour', async () => {
    const shared = [{ path: 'main.py', content: `# in two apps on ${kind}\n` }];
    const apps = await Promise.all([1, 2].map(async () => (await createApp(context, actor, { title: 'Twin', files: shared })).id));
    const own = { ...context, revisionsKept: 1 };
    const bundlesBefore = await count('bundles');
    const made = [];
    for (appId of apps) {
      made.push(await deployApp(context, actor, appId, { draftVersion: 1 }));
      await settle(made.at(-1)!, 'failed');
    }
    expect(made[0]!.revision).toBe(made[1]!.revision);
    expect(await count('bundles')).toBe(bundlesBefore + 1);
    const { bundle_sha256 } = await database.db.selectFrom('revisions').select('bundle_sha256').where('app_id', '=', apps[0]!).executeTakeFirstOrThrow();
    const isStored = async (): Promise<boolean> => {
      now += 61 * minuteMs;
      await collectRevisions(own);
      await collect(own);
      return (await database.db.selectFrom('bundles').select('sha256').where('sha256', '=', bundle_sha256).executeTakeFirst()) !== undefined;
    };
    const leave = async (app: string): Promise<void> => {
      appId = app;
      await deployNext(900);
      await deployNext(901);
    };
    expect(await isStored()).toBe(true);
    await leave(apps[0]!);
    expect(await isStored()).toBe(true);
    await leave(apps[1]!);
    expect(await isStored()).toBe(false);
  }, 60_000);

  it('is listed with as many queries for many revisions as for one, and none of them reads code', async () => {
    appId = (await createApp(context, actor, { title: 'Listed', files: filesOf(0) })).id;
    const look = async (): Promise<{ queries: number; bytes: number; items: number }> => {
      const seen = { queries: 0, bytes: 0, items: 0 };
      const counted = database.db.withPlugin({
        transformQuery: ({ node }) => (seen.queries++, node),
        transformResult: async ({ result }) => ((seen.bytes += JSON.stringify(result.rows).length), result),
      });
      seen.items = (await listAppRevisions({ ...context, db: counted }, actor, appId, { limit: 100, below: undefined })).items.length;
      return seen;
    };
    await deployNext(1_000);
    const one = await look();
    for (let step = 1_001; step < 1_012; step++) await deployNext(step);
    const many = await look();
    expect([one.items, many.items]).toEqual([1, 12]);
    expect(many.queries).toBe(one.queries);
    expect(many.queries).toBeLessThanOrEqual(3);
    // A revision has 50 KB of text, and a deployment its stages.
    expect(many.bytes / many.items).toBeLessThan(1_500);
  }, 60_000);
});
