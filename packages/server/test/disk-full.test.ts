import { execFileSync } from 'node:child_process';
import { chmodSync, statfsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryBus } from '@fapi/runner-controller/work';
import { createClient } from '@fapi/sdk';
import { pino } from 'pino';
import { describe, it, type TestContext } from 'vitest';
import { layDatabase, layEngine } from '../../../tools/parts/database.ts';
import { startPostgres } from '../../../tools/parts/postgres.ts';
import { createServer, readConfig } from '../src/index.ts';
import { readKept } from './parts/read-stream.ts';
import { main, playRunner, settled } from './parts/runner-play.ts';
import { startSystem, type System, until, watchSpecs } from './parts/system.ts';

/** A small file system of its own, if this user may make one. */
function mountSmall(folder: string, megabytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
    chmodSync(folder, 0o777);
    return true;
  } catch {
    return false;
  }
}
const canMount = await (async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-mount-'));
  const can = mountSmall(folder, 1);
  if (can) execFileSync('umount', [folder]);
  await rm(folder, { recursive: true, force: true });
  return can;
})();

/** What is to be ended after a test, the last first. */
function collectEnds({ onTestFinished }: TestContext): { push(end: () => Promise<unknown> | unknown): void } {
  const ends: (() => Promise<unknown> | unknown)[] = [];
  onTestFinished(async () => {
    for (const end of ends.toReversed()) await end();
  });
  return ends;
}

// At the same time: each waits for half a minute, until the server says that there is space again.
describe.skipIf(!canMount).concurrent('a disk that is full (needs the right to mount)', () => {
  it.for([['PGlite', 170], ['Postgres', 120]] as const)('%s: writes are refused with a code, reads go on, nothing is lost, and it goes on when there is space', { timeout: 150_000 }, async ([kind, megabytes], test) => {
    const { expect } = test;
    const ends = collectEnds(test);
    const folder = await mkdtemp(join(tmpdir(), 'fapi-full-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    mountSmall(folder, megabytes);
    ends.push(() => execFileSync('umount', ['-l', folder]));
    let environment: Record<string, string> = {};
    if (kind === 'PGlite') {
      // Its own log and tables, on the small disk.
      await layDatabase(folder);
      environment = { FAPI_DATA_DIR: folder };
    } else {
      const postgres = await startPostgres(folder);
      ends.push(() => postgres.stop());
      environment = { FAPI_DATABASE_URL: await postgres.createDatabase() };
    }
    const system: System = await startSystem(environment);
    ends.push(() => system.stop());
    const client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
    ends.push(() => client.close());
    const acknowledged: string[] = [];
    const fill = (letters: number) => system.call('/v1/apps', { method: 'POST', body: { title: 'App', files: [{ path: 'main.py', content: Array.from({ length: letters / 10 }, () => Math.random().toString(36).slice(2, 12)).join('') }] } });

    const { bavail, bsize } = statfsSync(folder);
    const ballast = join(folder, 'ballast');
    // PGlite keeps a reserve of its own. Of Postgres it is the tables that must fill first: without the next segment of its log it ends, and whoever keeps it running starts it again.
    await writeFile(ballast, Buffer.alloc(bavail * bsize - (kind === 'PGlite' ? 70_000_000 : 3_000_000)));
    let refused: Awaited<ReturnType<typeof fill>> | undefined;
    for (let count = 0; count < 200 && !refused; count++) {
      const answer = await fill(400_000);
      if (answer.status === 201) acknowledged.push(answer.json.id);
      else refused = answer;
    }
    expect(refused!.status, refused!.text).toBe(507);
    expect(refused!.json).toMatchObject({ code: 'storage_full', detail: expect.stringMatching(/free space/) });
    expect(refused!.headers.get('retry-after')).toBe('10');
    expect(acknowledged.length).toBeGreaterThan(0);
    const listed = async (): Promise<string[]> => {
      const ids: string[] = [];
      for await (const { id } of client.apps.list({ limit: 100 })) ids.push(id);
      return ids.toSorted();
    };
    expect(await listed()).toEqual(acknowledged.toSorted());
    expect((await system.call(`/v1/apps/${acknowledged[0]}/draft`)).status).toBe(200);
    expect((await system.call('/v1/health/live')).status).toBe(200);
    for (let count = 0; count < 5; count++) expect((await fill(400_000)).status).toBe(507);
    const printed = { schema: 1, appId: acknowledged[0]!, dropped: 2, lines: [1, 2, 3].map((seq) => ({ seq, at: new Date(0).toISOString(), stream: 'stdout' as const, generation: 1, text: `line ${seq}` })) };
    if (kind === 'PGlite') {
      for (let count = 0; count < 3; count++) system.bus.streams.publish({ kind: 'log', value: printed as never });
      await until(() => system.logs, (logs) => logs.some(({ msg }) => msg === 'log could not be recorded'));
      // Of what is kept for that: who opens a page gets in and reads, an app that nobody needs is deleted, and whoever must not get in is kept out.
      const minted = await system.call('/v1/embed-tokens', { method: 'POST', body: { subject: 'ada', ttlSeconds: 600 } });
      expect(minted.status, minted.text).toBe(201);
      expect((await system.call(`/v1/apps/${acknowledged[0]}/draft`, { token: minted.json.token })).status).toBe(200);
      // Whoever goes on minting leaves room for those who free some, or keep somebody out: a segment of the log and more.
      const { bavail: left, bsize: size } = statfsSync(folder);
      await writeFile(`${ballast}-2`, Buffer.alloc(left * size - 38_000_000));
      expect((await system.call('/v1/embed-tokens', { method: 'POST', body: { subject: 'eve', ttlSeconds: 600 } })).json).toMatchObject({ status: 507, code: 'storage_full', detail: expect.stringMatching(/free space/) });
      expect((await system.call(`/v1/embed-tokens/${minted.json.sessionId}`, { method: 'DELETE' })).status).toBe(204);
      expect((await system.call('/v1/apps', { token: minted.json.token })).status).toBe(401);
      const gone = acknowledged.pop()!;
      expect((await system.call(`/v1/apps/${gone}`, { method: 'DELETE' })).status).toBe(204);
      // Whoever runs it is told.
      const specs = watchSpecs(system.bus);
      ends.push(() => specs.stop());
      await until(() => specs.of(gone)?.desired.state, (state) => state === 'stopped');
      expect(await listed()).toEqual(acknowledged.toSorted());
      expect((await fill(400_000)).status).toBe(507);
    }
    // Whoever watches is told; whoever balances sends on, for reads are answered.
    const ready = async () => (await system.call('/v1/health/ready')).json;
    expect(await ready()).toMatchObject({ status: 'ready', checks: { database: { ok: true }, storage: { ok: false, message: 'writes are refused: the disk of the database is full' } } });

    for (const name of [ballast, `${ballast}-2`]) await rm(name, { force: true });
    if (kind === 'PGlite') {
      // Nobody prints any more, and what was lost is told all the same, once.
      await until(() => readKept(system, acknowledged[0]!, 'logs'), (events) => events.length > 0, 15_000);
      expect(await readKept(system, acknowledged[0]!, 'logs')).toMatchObject([{ lines: [], dropped: 15 }]);
      expect(system.logs.filter(({ msg }) => msg === 'log could not be recorded').map(({ reason, err }) => [err, /its disk is full/.test(reason)])).toEqual([[undefined, true]]);
    }
    const later = await until(() => fill(1_000), ({ status }) => status === 201, 15_000);
    acknowledged.push(later.json.id);
    expect(await listed()).toEqual(acknowledged.toSorted());
    const made = await system.call(`/v1/apps/${later.json.id}/deployments`, { method: 'POST', body: { draftVersion: 1 } });
    expect(made.status, made.text).toBe(202);
    expect((await until(ready, ({ checks }) => checks.storage.ok, 60_000)).checks.storage).toEqual({ ok: true });
    await system.restart();
    const again = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
    ends.push(() => again.close());
    expect((await again.apps.read(acknowledged[0]!)).id).toBe(acknowledged[0]);
  });

  it.for([['lock', 0], ['shape', 31_000_000]] as const)('is named at the start when its %s cannot be written', { timeout: 90_000 }, async ([, freeBytes], test) => {
    const { expect } = test;
    const ends = collectEnds(test);
    const folder = await mkdtemp(join(tmpdir(), 'fapi-full-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    mountSmall(folder, 120);
    ends.push(() => execFileSync('umount', ['-l', folder]));
    await layEngine(folder);
    const keys = { FAPI_OPERATOR_KEY: 'o'.repeat(20), FAPI_CONTROLLER_KEY: 'c'.repeat(20), FAPI_ENVIRONMENT_KEY: 'e'.repeat(20) };
    const { bavail, bsize } = statfsSync(folder);
    await writeFile(join(folder, 'ballast'), Buffer.alloc(bavail * bsize - freeBytes));
    const start = async (environment: Record<string, string>) => createServer({ config: readConfig({ FAPI_DATA_DIR: folder, FAPI_PORT: '0', ...environment }), bus: createMemoryBus(), logger: pino({ level: 'silent' }) });
    await expect(start(keys)).rejects.toThrow(/^The database cannot be opened \(its disk is full: \d+ MB are free, and it needs 60; free space there\): check FAPI_DATA_DIR/);
    if (freeBytes > 0) return;
    // Its keys, which are made at the first start, and which must not be left empty.
    for (let count = 0; count < 2; count++) await expect(start({})).rejects.toThrow(/cannot be written \(its disk is full, or has no inodes left\): free space there, or set FAPI_\w+_KEY/);
  });

  it('that has no inodes left takes no more, a part of them being kept for tokens, and the last for deletes and suspensions; tidying does what it still can', { timeout: 90_000 }, async (test) => {
    const { expect } = test;
    const ends = collectEnds(test);
    const folder = await mkdtemp(join(tmpdir(), 'fapi-full-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300m,nr_inodes=2000', 'tmpfs', folder], { stdio: 'ignore' });
    chmodSync(folder, 0o777);
    ends.push(() => execFileSync('umount', ['-l', folder]));
    await layDatabase(folder);
    const system = await startSystem({ FAPI_DATA_DIR: folder, FAPI_AUDIT_DAYS: '10' });
    ends.push(() => system.stop());
    const create = () => system.call('/v1/apps', { method: 'POST', body: { title: 'App' } });
    const mint = () => system.call('/v1/embed-tokens', { method: 'POST', body: { subject: 'ada', ttlSeconds: 600 } });
    const open = (workspaceId: string) => {
      const client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, workspaceId, retryLimit: 0 });
      ends.push(() => client.close());
      return client;
    };
    const [operator, acme] = [open('default'), open('acme')];
    const [app, stuck] = [(await create()).json, await operator.apps.create({ title: 'Stuck', files: main('one') })];
    await operator.workspaces.put('acme', { title: 'Acme', origins: [] });
    const runner = playRunner(system, (appId) => (appId === stuck.id ? 'silent' : 'live'));
    ends.push(() => runner.stop());
    const served = await acme.apps.create({ title: 'Served', files: main('one') });
    await settled(acme, await acme.deployments.create(served.id, { draftVersion: 1 }));
    const waiting = await operator.deployments.create(stuck.id, { draftVersion: 1 });
    const many = join(folder, 'many');
    await mkdir(many);
    const leave = async (count: number) => {
      while (statfsSync(folder).ffree > count) await writeFile(join(many, String(statfsSync(folder).ffree)), '');
    };
    await leave(14);
    expect([(await create()).status, (await mint()).status]).toEqual([507, 201]);
    await leave(10);
    expect([(await mint()).status, (await system.call(`/v1/apps/${app.id}`, { method: 'DELETE' })).status]).toEqual([507, 204]);
    // Not the workspace alone: all that it serves.
    expect(await operator.workspaces.suspend('acme', { reason: 'unpaid' })).toMatchObject({ suspended: { reason: 'unpaid' } });
    await until(() => runner.serving(served.id), (generation) => generation === undefined);
    await expect(operator.workspaces.resume('acme')).rejects.toMatchObject({ code: 'storage_full' });
    await leave(0);
    expect([(await mint()).status, (await system.call('/v1/apps')).status]).toEqual([507, 200]);
    // That a deploy has ended cannot be written; what is old is deleted all the same.
    system.advance(11 * 86_400_000);
    await until(async () => (await operator.audit.list()).items.length, (count) => count === 0, 15_000);
    expect((await operator.deployments.read(stuck.id, waiting.id)).endedAt).toBeUndefined();
    await rm(many, { recursive: true });
    expect([(await mint()).status, (await create()).status]).toEqual([201, 201]);
    await until(() => operator.deployments.read(stuck.id, waiting.id), ({ status }) => status === 'failed', 15_000);
  });

  it.for([20, 1_010])('that has no inodes left says so at the start (%i of them)', { timeout: 90_000 }, async (inodes, test) => {
    const { expect } = test;
    const ends = collectEnds(test);
    const folder = await mkdtemp(join(tmpdir(), 'fapi-full-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=300m,nr_inodes=${inodes}`, 'tmpfs', folder], { stdio: 'ignore' });
    ends.push(() => execFileSync('umount', ['-l', folder]));
    const start = createServer({ config: readConfig({ FAPI_DATA_DIR: folder, FAPI_PORT: '0' }), bus: createMemoryBus(), logger: pino({ level: 'silent' }) });
    await expect(start).rejects.toThrow(/^The database cannot be opened \(its disk has no inodes left: \d+ are free, and it needs 16; delete files there\): check FAPI_DATA_DIR/);
  });

  it('is named at the start, when the embedded database cannot even be opened; with space it opens', { timeout: 90_000 }, async (test) => {
    const { expect } = test;
    const ends = collectEnds(test);
    const folder = await mkdtemp(join(tmpdir(), 'fapi-full-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    mountSmall(folder, 150);
    ends.push(() => execFileSync('umount', ['-l', folder]));
    const start = async () => createServer({ config: readConfig({ FAPI_DATA_DIR: folder, FAPI_PORT: '0' }), bus: createMemoryBus(), logger: pino({ level: 'silent' }) });
    const ballast = join(folder, 'ballast');
    const { bavail, bsize } = statfsSync(folder);
    await writeFile(ballast, Buffer.alloc(bavail * bsize - 5_000_000));
    await expect(start()).rejects.toThrow(/^The database cannot be opened \(its disk is full: \d+ MB are free, and it needs 60; free space there\): check FAPI_DATA_DIR/);
    await rm(ballast);
    const server = await start();
    await server.close();
  });
});
