import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { layEngine } from '../../../tools/parts/database.ts';
import { startPostgres } from '../../../tools/parts/postgres.ts';
import { init } from '../src/store/database/migrations/0001-init.ts';
import { environment } from '../src/store/database/migrations/0002-environment.ts';
import { healthFacts } from '../src/store/database/migrations/0003-health-facts.ts';
import { lastCrash } from '../src/store/database/migrations/0004-last-crash.ts';
import { contents } from '../src/store/database/migrations/0005-contents.ts';
import { revisions } from '../src/store/database/migrations/0009-revisions.ts';
import { openPglite } from '../src/store/database/pglite.ts';
import { openPostgres } from '../src/store/database/postgres.ts';
import { listRevisions, putRevision } from '../src/store/code/revisions.ts';

it.each(['pglite', 'postgres'] as const)('revisions from before have numbers in the order in which they were made, and the next one goes on from there, on %s', async (kind) => {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-revisions-'));
  const postgres = kind === 'postgres' ? await startPostgres() : undefined;
  if (!postgres) await layEngine(folder);
  const former = postgres ? await openPostgres(await postgres.createDatabase()) : await openPglite(folder);
  try {
    const { db } = former;
    for (const statement of [...init, ...environment, ...healthFacts, ...lastCrash]) await sql.raw(statement).execute(db);
    await sql`insert into bundles values ('b', ''::bytea, now())`.execute(db);
    for (const app of ['one', 'two', 'none']) {
      await sql`insert into apps (id, workspace_id, title, host, created_at, created_by, draft_version, draft_files, draft_digest, draft_saved_at, draft_saved_by) values (${app}, 'default', 'A', ${app}, now(), 'x', 1, '[]', 'd', now(), 'y')`.execute(db);
    }
    const files = JSON.stringify([{ path: 'a.py', content: 'é' }, { path: 'b.py', content: 'x' }]);
    for (const [app, digest, day] of [['one', 'z', 1], ['one', 'a', 2], ['two', 'a', 3]] as const) {
      await sql`insert into revisions values (${app}, ${digest}, ${files}::jsonb, 'b', ${new Date(Date.UTC(2030, 0, day))})`.execute(db);
    }
    for (const [generation, who] of [[1, 'ann'], [2, 'ben']] as const) {
      await sql`insert into deployments (id, app_id, generation, revision, draft_version, status, stages, created_at, created_by, progressed_at) values (${who}, 'one', ${generation}, 'z', 1, 'stopped', '[]', now(), ${who}, now())`.execute(db);
    }
    for (const statement of [...contents, ...revisions]) await sql.raw(statement).execute(db);
    expect(await listRevisions(db, 'one')).toMatchObject([{ digest: 'a', number: 2, created_by: 'system', file_count: 2, bytes: 3, pinned: false, comment: null }, { digest: 'z', number: 1, created_by: 'ann' }]);
    expect(await listRevisions(db, 'two')).toMatchObject([{ digest: 'a', number: 1 }]);
    await db.transaction().execute(async (tx) => {
      for (const [app_id, digest] of [['one', 'new'], ['one', 'z'], ['none', 'new']] as const) await putRevision(tx, { app_id, digest, manifest: [{ path: 'a.py', sha256: 's', bytes: 7 }], bundle_sha256: 'b', created_at: new Date(), created_by: 'cleo', comment: 'Third' });
    });
    expect((await listRevisions(db, 'one')).map(({ digest, number, comment }) => [digest, number, comment])).toEqual([['new', 3, 'Third'], ['a', 2, null], ['z', 1, null]]);
    expect(await listRevisions(db, 'none')).toMatchObject([{ number: 1, bytes: 7, file_count: 1, created_by: 'cleo' }]);
  } finally {
    await former.close();
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
