import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layEngine } from '../../../tools/parts/database.ts';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { migrate, shapes } from '../src/store/database/migrations.ts';
import type { OpenDatabase } from '../src/store/database/open.ts';
import { openPglite } from '../src/store/database/pglite.ts';
import { openPostgres } from '../src/store/database/postgres.ts';
import { digest, environmentKey, files, fill, lastFilled } from './parts/earlier-rows.ts';
import { startSystem, until, watchSpecs } from './parts/system.ts';

let postgres: PostgresServer;
const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  folders.push(await mkdtemp(join(tmpdir(), 'fapi-migrations-')));
  return folders.at(-1)!;
};
beforeAll(async () => {
  postgres = await startPostgres();
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
      await layEngine(dataDir);
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
    const systems = await Promise.all(Array.from({ length: 4 }, () => startSystem({ FAPI_DATABASE_URL: url, FAPI_ENVIRONMENT_KEY: environmentKey })));
    for (const system of systems) expect((await system.call('/v1/health/ready')).json.status).toBe('ready');
    await Promise.all(systems.map((system) => system.stop()));
  }
}, 60_000);
