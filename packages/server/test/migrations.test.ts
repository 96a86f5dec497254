import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { createKeyRing } from '../src/domain/key-ring.ts';
import { digestOf, makeBundle } from '../src/domain/revision.ts';
import { migrate, shapes } from '../src/store/migrations.ts';
import type { OpenDatabase } from '../src/store/open.ts';
import { openPglite } from '../src/store/pglite.ts';
import { openPostgres } from '../src/store/postgres.ts';
import { startSystem, until, watchSpecs } from './system.ts';

const environmentKey = randomBytes(24).toString('hex');
const files = [{ path: 'lib/words.py', content: 'WORD = "über"\n' }, { path: 'main.py', content: 'app = 1\n' }];
const [digest, bundle] = [digestOf(files), await makeBundle(files)];
const [at, later] = ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:09Z'];
const json = (value: unknown) => sql`${JSON.stringify(value)}::jsonb`;

/** The newest shape whose rows `fill` writes. */
const lastFilled = '0004_last_crash';

/** What an app leaves in the database at a shape: two of them, one live with a failed deploy behind it, one deleted. */
async function fill(db: Kysely<any>, shape: string): Promise<void> {
  await sql`insert into workspaces values ('acme', 'Acme', '["https://acme.example"]', ${at})`.execute(db);
  for (const [id, deletedAt] of [['app_live', null], ['app_gone', later]] as const) {
    await sql`insert into apps (id, workspace_id, title, host, created_at, created_by, deleted_at, generation, draft_version, draft_files, draft_digest, draft_saved_at, draft_saved_by, live_deployment_id, health, last_log_seq, event_floor)
      values (${id}, 'acme', 'Notes', ${`${id.replace('_', '-')}-abcdef`}, ${at}, 'ann', ${deletedAt}, 2, 3, ${json(files)}, ${digest}, ${at}, 'ann', ${id === 'app_live' ? 'dep_1' : null}, 'running', 7, 0)`.execute(db);
  }
  await sql`insert into bundles values (${bundle.sha256}, ${Buffer.from(bundle.bytes)}, ${at})`.execute(db);
  await sql`insert into revisions (app_id, digest, files, bundle_sha256, created_at) values ('app_live', ${digest}, ${json(files)}, ${bundle.sha256}, ${at})`.execute(db);
  const stages = [{ name: 'queued', startedAt: at }];
  await sql`insert into deployments (id, app_id, generation, revision, draft_version, status, stages, created_at, created_by, live_at, progressed_at) values ('dep_1', 'app_live', 1, ${digest}, 2, 'live', ${json(stages)}, ${at}, 'ann', ${at}, ${at})`.execute(db);
  await sql`insert into deployments (id, app_id, generation, revision, draft_version, status, stages, reason, message, created_at, created_by, ended_at, progressed_at) values ('dep_2', 'app_live', 2, ${digest}, 3, 'failed', ${json(stages)}, 'import_failed', 'no', ${at}, 'ann', ${later}, ${later})`.execute(db);
  const live = { state: 'live', deploymentId: 'dep_2', revision: digest, bundleSha256: bundle.sha256, envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [], cancelled: true, settled: false };
  const spec = { schema: 1, appId: 'app_live', workspaceId: 'acme', generation: 2, host: 'app-live-abcdef', desired: live };
  await sql`insert into specs (app_id, generation, spec, is_published, changed_at) values ('app_live', 2, ${json(spec)}, true, ${at})`.execute(db);
  await sql`insert into specs (app_id, generation, spec, is_published, changed_at) values ('app_gone', 2, ${json({ ...spec, appId: 'app_gone', desired: { state: 'removed' } })}, true, ${at})`.execute(db);
  await sql`insert into events (workspace_id, app_id, type, payload, at) values ('acme', 'app_live', 'log', ${json({ lines: [{ seq: 1, at: later, stream: 'stdout', generation: 1, text: 'hello' }], dropped: 0 })}, ${later})`.execute(db);
  await sql`insert into metrics values ('app_live', 'e1', ${json({ requests: 5, status2xx: 5, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 9 })}, ${later})`.execute(db);
  await sql`insert into audit (at, workspace_id, subject, action, app_id) values (${at}, 'acme', 'ann', 'app.create', 'app_live')`.execute(db);
  if (shape >= '0002') {
    const place = { appId: 'app_live', version: 1, name: 'TOKEN', scope: 'both' };
    const ring = createKeyRing([environmentKey]);
    await sql`insert into environments values ('app_live', 1, ${json([{ name: 'TOKEN', secret: false, scope: 'both', sealed: ring.seal('kept', place) }])}, ${ring.keyId}, ${at}, 'ann')`.execute(db);
    await sql`update apps set env_version = 1 where id = 'app_live'`.execute(db);
  }
}

let [postgres, empty] = [undefined as unknown as PostgresServer, ''];
const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  folders.push(await mkdtemp(join(tmpdir(), 'fapi-migrations-')));
  return folders.at(-1)!;
};
beforeAll(async () => {
  postgres = await startPostgres();
  empty = await newFolder();
  await (await openPglite(empty)).close();
});
afterAll(async () => {
  await postgres?.stop();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe.each(['pglite', 'postgres'] as const)('on %s', (kind) => {
  it.each(shapes)('a database of the shape %s comes up with all that was in it', async (shape) => {
    const dataDir = await newFolder();
    let database: OpenDatabase;
    let databaseUrl: string | undefined;
    if (kind === 'pglite') {
      await cp(join(empty, 'database'), join(dataDir, 'database'), { recursive: true, preserveTimestamps: true });
      database = await openPglite(dataDir);
    } else {
      databaseUrl = await postgres.createDatabase();
      database = await openPostgres(databaseUrl);
    }
    // A shape that moves what is there gets it from the step before.
    const filled = shape < lastFilled ? shape : lastFilled;
    await migrate(database.db as Kysely<unknown>, filled);
    await fill(database.db, filled);
    await migrate(database.db as Kysely<unknown>, shape);
    await database.close();

    const system = await startSystem({ FAPI_DATA_DIR: dataDir, FAPI_ENVIRONMENT_KEY: environmentKey, ...(databaseUrl === undefined ? {} : { FAPI_DATABASE_URL: databaseUrl }) });
    try {
      const specs = watchSpecs(system.bus);
      const read = async (path: string) => (await system.call(path, { headers: { 'fapi-workspace': 'acme' } })).json;
      expect((await read('/v1/apps')).items.map(({ id }: { id: string }) => id)).toEqual(['app_live']);
      expect(await read('/v1/apps/app_live')).toMatchObject({ title: 'Notes', host: 'app-live-abcdef', createdAt: '2026-01-01T00:00:00.123Z', createdBy: 'ann', draftVersion: 3, health: 'running', live: { id: 'dep_1', revision: digest } });
      expect(await read('/v1/apps/app_live/draft')).toMatchObject({ version: 3, files, savedBy: 'ann' });
      expect((await read('/v1/apps/app_live/deployments')).items).toMatchObject([{ id: 'dep_2', status: 'failed', reason: 'import_failed' }, { id: 'dep_1', status: 'live' }]);
      expect((await read('/v1/apps/app_live/logs')).lines).toMatchObject([{ text: 'hello' }]);
      expect(await read('/v1/apps/app_live/environment')).toMatchObject(shape >= '0002' ? { version: 1, variables: [{ name: 'TOKEN', value: 'kept' }] } : { version: 0, variables: [] });
      await until(() => [specs.of('app_live'), specs.of('app_gone')], ([living, gone]) => living?.generation === 2 && gone?.desired.state === 'removed');
      const again = await system.call('/v1/apps/app_live/deployments', { method: 'POST', body: { revision: digest }, headers: { 'fapi-workspace': 'acme' } });
      expect(again.json, again.text).toMatchObject({ generation: 3, revision: digest });
      await until(() => specs.of('app_live'), (spec) => spec?.generation === 3);
      specs.stop();
    } finally {
      await system.stop();
    }
  }, 60_000);
});

it('is brought up by one of several servers that start at the same moment, and all of them come up', async () => {
  for (let round = 0; round < 3; round++) {
    const url = await postgres.createDatabase();
    const systems = await Promise.all(Array.from({ length: 4 }, () => startSystem({ FAPI_DATABASE_URL: url })));
    for (const system of systems) expect((await system.call('/v1/health/ready')).json.status).toBe('ready');
    await Promise.all(systems.map((system) => system.stop()));
  }
}, 60_000);
