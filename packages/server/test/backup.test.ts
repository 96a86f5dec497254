import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { environmentPath } from '@fapi/runner-controller/work';
import { createClient, type FapiClient } from '@fapi/sdk';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layEngine } from '../../../tools/parts/database.ts';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { ArchiveError, backUp, restore, RestoreError } from '../src/index.ts';
import { migrate } from '../src/store/database/migrations.ts';
import { openPostgres } from '../src/store/database/postgres.ts';
import { files, fill, lastFilled } from './parts/earlier-rows.ts';
import { readStream } from './parts/read-stream.ts';
import { deployLive } from './parts/runner-play.ts';
import { makeStatus, startSystem, type System, until, watchSpecs } from './parts/system.ts';

const environmentKey = randomBytes(24).toString('hex');
const odd = '"quotes" \\ back\u2028line\u2029paragraph\ttab\r\nüñí 😀 end';
let [postgres, folder] = [undefined as unknown as PostgresServer, ''];
beforeAll(async () => {
  postgres = await startPostgres();
  folder = await mkdtemp(join(tmpdir(), 'fapi-backup-'));
});
afterAll(async () => {
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

const lines = (all: string): string[] => all.split('\n');
type Kind = 'pglite' | 'postgres';
let count = 0;
const newPlace = async (kind: Kind): Promise<Record<string, string>> => {
  const dataDir = join(folder, `data-${++count}`);
  if (kind === 'pglite') await layEngine(dataDir);
  return {
    FAPI_DATA_DIR: dataDir, FAPI_ENVIRONMENT_KEY: environmentKey, FAPI_OPERATOR_KEY: environmentKey, FAPI_CONTROLLER_KEY: environmentKey, ...(kind === 'postgres' ? { FAPI_DATABASE_URL: await postgres.createDatabase() } : {}),
  };
};
const startAt = async (place: Record<string, string>): Promise<System & { client: FapiClient }> => {
  const system = await startSystem(place);
  return { ...system, get server() { return system.server; }, get bus() { return system.bus; }, client: createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey }) };
};
const download = async (system: System): Promise<string> => {
  const answer = await fetch(`${system.server.url}/v1/backup`, { headers: { authorization: `Bearer ${system.server.operatorKey}` } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  const file = join(folder, `backup-${++count}.gz`);
  await writeFile(file, Buffer.from(await answer.arrayBuffer()));
  return file;
};
/** Rows of an archive, by table, each without what a restore moves ahead. */
async function rowsOf(file: string): Promise<Record<string, unknown[]>> {
  const rows: Record<string, unknown[]> = {};
  for (const line of gunzipSync(await readFile(file)).toString().split('\n').slice(1, -2)) {
    const [table, { generation: _, event_floor: __, is_published: ___, spec: ____, ...row }] = JSON.parse(line);
    (rows[table] ??= []).push(row);
  }
  for (const list of Object.values(rows)) list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return rows;
}

describe.each([['pglite', 'postgres'], ['postgres', 'pglite'], ['postgres', 'postgres']] as const)('a backup from %s, restored into %s', (from, to) => {
  it('brings back everything, and goes on above what runners and the bus have seen since', async () => {
    const source = await startAt(await newPlace(from));
    const { client } = source;
    let live = await client.apps.create({ title: 'Live', files: [{ path: 'main.py', content: odd }] });
    await client.environment.save(live.id, { version: 0, variables: [{ name: 'TOKEN', value: 'the secret', secret: true, scope: 'both' }, { name: 'PLAIN', value: odd, secret: false, scope: 'both' }] });
    live = await deployLive(source, client, live);
    const broken = await deployLive(source, client, await client.apps.create({ title: 'Broken later' }));
    const failing = await client.deployments.create(broken.id, { draftVersion: 1 });
    await source.bus.statuses.publish(makeStatus(broken.id, failing.generation, 'failed', 'starting', { reason: 'startup_failed', message: odd }));
    await until(() => client.deployments.read(broken.id, failing.id), ({ status }) => status === 'failed');
    const gone = await client.apps.create({ title: 'Gone' });
    await client.apps.delete(gone.id);
    const keyed = await client.apps.create({ title: 'Once' }, { idempotencyKey: 'once' });
    await source.call('/v1/workspaces/other', { method: 'PUT', body: { title: 'Other', origins: ['https://other.example'] } });
    const token = await source.mint({ scopes: ['apps:read'], ttlSeconds: 3_600 });
    const key = await client.apiKeys.create({ title: 'Deleted later', role: 'viewer' });

    const busy = await client.apps.create({ title: 'Busy', files: [{ path: 'main.py', content: '1' }] });
    const writing = new AbortController();
    let version = busy.draftVersion;
    const writer = (async () => {
      while (!writing.signal.aborted) version = (await client.drafts.save(busy.id, { version, files: [{ path: 'main.py', content: String(version + 1) }] })).version;
    })();
    await until(() => version, (now) => now > 3);
    const atLeast = version;
    const file = await download(source);
    const atMost = version + 1;
    writing.abort();
    await writer;

    // What the backup does not know: the bus and the runners have seen it.
    await client.apiKeys.delete(key.id);
    for (let lost = 0; lost < 3; lost++) live = await deployLive(source, client, live);
    const lostWord = await client.apps.read(live.id);
    const lastEvent = JSON.parse(lines(gunzipSync(await readFile(await download(source))).toString()).findLast((line) => line.startsWith('["events"'))!)[1].id;
    client.close();
    await source.server.close();

    const place = await newPlace(to);
    const report = await restore(place, file);
    expect(report.missingKeyIds).toEqual([]);
    expect(report.header.environmentKeyIds).toHaveLength(1);
    expect((await restore({ ...(await newPlace(to)), FAPI_ENVIRONMENT_KEY: 'another-key-altogether' }, file)).missingKeyIds).toEqual(report.header.environmentKeyIds);
    const again = join(folder, `again-${count}.gz`);
    await backUp(place, again);
    expect(await rowsOf(again)).toEqual(await rowsOf(file));

    const restored = await startAt(place);
    const bus = source.bus;
    await restored.restart(bus);
    const api = createClient({ baseUrl: restored.server.url, apiKey: restored.server.operatorKey });
    const specs = watchSpecs(bus);
    const app = await api.apps.read(live.id);
    expect(app).toMatchObject({ title: 'Live', host: live.host, live: { revision: live.live!.revision } });
    expect((await api.drafts.read(live.id)).files).toEqual([{ path: 'main.py', content: odd }]);
    expect((await restored.call(environmentPath(live.id, 1, 'live'), { token: restored.server.controllerKey })).json.variables).toEqual({ TOKEN: 'the secret', PLAIN: odd });
    const draft = await api.drafts.read(busy.id);
    expect(draft.version).toBeGreaterThanOrEqual(atLeast);
    expect(draft.version).toBeLessThanOrEqual(atMost);
    expect(draft.files[0]!.content, 'the content of the version that it says').toBe(String(draft.version));
    expect((await restored.call(`/v1/apps/${gone.id}`)).status).toBe(404);
    expect((await api.apps.create({ title: 'Once' }, { idempotencyKey: 'once' })).id).toBe(keyed.id);
    expect((await restored.call('/v1/workspaces/other')).json.title).toBe('Other');
    expect((await restored.call('/v1/apps', { token })).status).toBe(200);
    // As the docs warn: it is of the moment of the backup, and so are the keys.
    expect((await restored.call('/v1/apps', { token: key.key })).status).toBe(200);

    // Everything is wished anew, above what the bus has: what is live, where the newest wish came to nothing.
    const wish = await until(() => specs.of(live.id), (spec) => spec !== undefined && spec.generation > lostWord.live!.generation);
    expect(wish).toMatchObject({ desired: { revision: live.live!.revision } });
    const kept = await until(() => specs.of(broken.id), (spec) => spec !== undefined && spec.generation > failing.generation);
    expect(kept).toMatchObject({ desired: { deploymentId: broken.live!.id, revision: broken.live!.revision, cancelled: false, settled: true } });
    const next = await deployLive(restored, api, app);
    expect(next.live!.generation).toBeGreaterThan(lostWord.live!.generation);
    // A page that was open has a place that this database never gave: it begins anew.
    const page = readStream(restored, `apps=${live.id}&since=${lastEvent}`);
    await until(() => page.events, (events) => events.some(({ type }) => type === 'ready'));
    expect(page.events[0]!.type).toBe('reset');
    await page.stop();
    specs.stop();
    api.close();
    restored.client.close();
    await restored.stop();
    await source.stop().catch(() => undefined);
  }, 90_000);
});

describe('the programs', () => {
  it('write the same from a server that holds the embedded database, and need no server for the rest', async () => {
    const place = await newPlace('pglite');
    const first = await startAt(place);
    await first.client.apps.create({ title: 'App' });
    const port = new URL(first.server.url).port;
    const file = join(folder, 'through.gz');
    expect((await backUp({ ...place, FAPI_PORT: port }, file)).rows).toMatchObject({ apps: 1 });
    await expect(backUp({ ...place, FAPI_PORT: '1' }, file)).rejects.toThrow(/none answers/);
    await expect(restore(place, file)).rejects.toThrow(/in use by process/);
    first.client.close();
    await first.server.close();
    expect((await backUp(place, file)).rows).toMatchObject({ apps: 1 });
    await expect(backUp({ FAPI_DATA_DIR: join(folder, 'nowhere') }, file)).rejects.toThrow(RestoreError);
  }, 60_000);
});

describe('what the programs cannot do', () => {
  it('is said in a sentence: a place for no file, a server that is running, a database that is away', async () => {
    const place = await newPlace('pglite');
    const running = await startAt(place);
    const port = new URL(running.server.url).port;
    const good = join(folder, 'good.gz');
    await backUp({ ...place, FAPI_PORT: port }, good);
    const pipe = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    const away = { ...place, FAPI_DATABASE_URL: 'postgres://127.0.0.1:1/x' };
    for (const [work, words] of [
      [() => backUp({ ...place, FAPI_PORT: port }, join(folder, 'none/backup.gz')), /^There is no folder .*none: make it, or name another place for the backup\.$/],
      [() => backUp({ ...place, FAPI_PORT: port }, folder), /is a folder: name a file/],
      [() => backUp({ ...place, FAPI_PORT: port }, pipe), /is a device or a pipe: name a file/],
      [() => backUp(away, join(folder, 'away.gz')), /^The database cannot be reached \(.*\): check FAPI_DATABASE_URL\.$/],
      [() => restore(away, good), /^The database cannot be reached/],
      [() => restore(place, good), /in use by process/],
      [() => restore({ ...place, FAPI_DATA_DIR: join(folder, 'fresh') }, folder), /is no file: name the backup itself/],
    ] as const) {
      const error = await work().then(() => undefined, (thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RestoreError);
      expect((error as Error).message).toMatch(words);
    }
    expect((await stat(pipe)).isFIFO()).toBe(true);
    running.client.close();
    await running.stop();
  }, 60_000);
});

describe('a restore', () => {
  let [file, text] = ['', ''];
  beforeAll(async () => {
    const system = await startAt(await newPlace('pglite'));
    for (let n = 0; n < 20; n++) await system.client.apps.create({ title: `App ${n}`, files: [{ path: 'main.py', content: randomBytes(2_000).toString('hex') }] });
    file = await download(system);
    text = gunzipSync(await readFile(file)).toString();
    system.client.close();
    await system.stop();
  });
  const spoil = async (make: (text: string) => string | Buffer): Promise<string> => {
    const spoiled = join(folder, `spoiled-${++count}.gz`);
    const made = make(text);
    await writeFile(spoiled, typeof made === 'string' ? gzipSync(made) : made);
    return spoiled;
  };
  it.each<[string, RegExp, (all: string) => string | Buffer]>([
    ['is no archive', /not a backup of fapi/, () => Buffer.from('hello')],
    ['is empty', /damaged/, () => Buffer.alloc(0)],
    ['holds something else', /not a backup of fapi/, () => '{"hello": 1}\n'],
    ['misses a row', /checksum/, (all) => lines(all).toSpliced(5, 1).join('\n')],
    ['has a changed letter', /checksum/, (all) => all.replace('App 7', 'App 8')],
    ['has a row twice', /checksum/, (all) => lines(all).toSpliced(5, 0, lines(all)[5]!).join('\n')],
    ['misses its end', /its end is missing/, (all) => `${lines(all).slice(0, -2).join('\n')}\n`],
    ['is cut in a line', /damaged/, (all) => all.slice(0, all.length / 2)],
    ['names a table that is not there', /not what was written/, (all) => all.replace('["apps",', '["spies",')],
    ['is of a newer fapi', /newer fapi/, (all) => all.replace(/"shape":"[^"]+"/, '"shape":"9999_future"')],
    ['has a newer format', /format 2/, (all) => all.replace('"fapiBackup":1', '"fapiBackup":2')],
  ])('refuses an archive that %s, and writes nothing', async (_, pattern, make) => {
    const place = await newPlace('postgres');
    const spoiled = await spoil(make);
    await expect(restore(place, spoiled)).rejects.toThrow(pattern);
    await expect(restore(place, spoiled)).rejects.toBeInstanceOf(ArchiveError);
    expect((await restore(place, file)).rows).toMatchObject({ apps: 20 });
  });

  it('refuses an archive whose bytes were cut or turned', async () => {
    const bytes = await readFile(file);
    const place = await newPlace('postgres');
    for (const at of [30, Math.floor(bytes.length / 2), bytes.length - 6]) {
      const turned = Buffer.from(bytes);
      turned[at]! ^= 0x10;
      await expect(restore(place, await spoil(() => turned))).rejects.toBeInstanceOf(ArchiveError);
    }
    const cut = await spoil(() => Buffer.from(bytes));
    await truncate(cut, bytes.length - 100);
    await expect(restore(place, cut)).rejects.toBeInstanceOf(ArchiveError);
    await expect(restore(place, join(folder, 'none.gz'))).rejects.toThrow(/There is no file/);
    expect((await restore(place, file)).rows).toMatchObject({ apps: 20 });
  });

  it('refuses a database with anything in it, and takes one that a server has only made', async () => {
    const place = await newPlace('postgres');
    const system = await startAt(place);
    system.client.close();
    await system.server.close();
    expect((await restore(place, file)).rows).toMatchObject({ apps: 20 });
    await expect(restore(place, file)).rejects.toThrow(/not empty: apps has 20 rows/);
    await system.stop().catch(() => undefined);
  }, 30_000);

  it('takes an archive of an earlier shape to the newest one', async () => {
    const former = await newPlace('postgres');
    const database = await openPostgres(former['FAPI_DATABASE_URL']!);
    await migrate(database.db as Kysely<unknown>, lastFilled);
    await fill(database.db, lastFilled);
    await database.close();
    const made = join(folder, 'earlier.gz');
    expect((await backUp(former, made)).header.shape).toBe(lastFilled);
    const place = await newPlace('pglite');
    expect((await restore(place, made)).rows).toMatchObject({ apps: 2 });
    // What the fill of a shape has sealed was sealed with no key that anybody has.
    const system = await startAt({ ...place, FAPI_ACCEPT_LOST_KEYS: '1' });
    expect((await system.call('/v1/apps/app_live/draft', { headers: { 'fapi-workspace': 'acme' } })).json.files).toEqual(files);
    system.client.close();
    await system.stop();
  }, 30_000);
});

it('is for the operator alone', async () => {
  const system = await startSystem();
  const token = await system.mint({});
  expect((await system.call('/v1/backup', { token })).json.code).toBe('forbidden');
  expect((await system.call('/v1/backup', { token: '' })).status).toBe(401);
  await system.stop();
});
