import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, type FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import { environmentPath, EnvironmentValues } from '@fapi/runner-controller/work';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { goLive, main } from './parts/runner-play.ts';
import { startSystem, type System, until } from './parts/system.ts';

const secret = (name: string, value?: string) => ({ name, secret: true, scope: 'both' as const, ...(value === undefined ? {} : { value }) });
const plain = (name: string, value: string, scope: 'live' | 'draft' | 'both' = 'both') => ({ name, value, scope });
let postgres: PostgresServer | undefined;
afterAll(() => postgres?.stop());

describe.each(['pglite', 'postgres'] as const)('on %s', (kind) => {
  let system: System;
  let client: FapiClient;
  let databaseUrl: string | undefined;
  // Read at each start.
  const settings: Record<string, string> = {};
  beforeAll(async () => {
    if (kind === 'postgres') databaseUrl = await (postgres = await startPostgres()).createDatabase();
    if (databaseUrl !== undefined) settings['FAPI_DATABASE_URL'] = databaseUrl;
    system = await startSystem(settings);
    client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
  });
  afterAll(async () => {
    client?.close();
    await system?.stop();
  });

  const create = (): Promise<App> => client.apps.create({ title: 'App', files: main('one') });
  const values = async (appId: string, version: number, which: 'live' | 'draft', token = system.server.controllerKey) => system.call(environmentPath(appId, version, which), { token });

  describe('an environment', () => {
    it('is empty at version 0, and each change makes the next version', async () => {
      const app = await create();
      expect(await client.environment.read(app.id)).toEqual({ appId: app.id, version: 0, variables: [] });
      const saved = await client.environment.save(app.id, { version: 0, variables: [plain('B', '2'), plain('A', '1', 'live')] });
      expect(saved).toEqual({ appId: app.id, version: 1, savedAt: expect.any(String), savedBy: 'operator', variables: [{ name: 'A', value: '1', secret: false, scope: 'live' }, { name: 'B', value: '2', secret: false, scope: 'both' }] });
      expect(await client.environment.read(app.id)).toEqual(saved);
      expect((await client.environment.save(app.id, { version: 1, variables: [] })).version).toBe(2);
    });

    it('keeps its version when it is saved with the same content', async () => {
      const app = await create();
      expect((await client.environment.save(app.id, { version: 0, variables: [] })).version).toBe(0);
      await client.environment.save(app.id, { version: 0, variables: [plain('A', '1'), secret('S', 'hidden')] });
      expect((await client.environment.save(app.id, { version: 1, variables: [secret('S'), plain('A', '1')] })).version).toBe(1);
      expect((await client.environment.save(app.id, { version: 1, variables: [secret('S', 'other'), plain('A', '1')] })).version).toBe(2);
    });

    it('never answers the value of a secret, and keeps it when it is saved without one', async () => {
      const app = await create();
      const saved = await client.environment.save(app.id, { version: 0, variables: [secret('S', 'hidden')] });
      expect([saved.variables, (await client.environment.read(app.id)).variables]).toEqual([[{ name: 'S', secret: true, scope: 'both' }], [{ name: 'S', secret: true, scope: 'both' }]]);
      await client.environment.save(app.id, { version: 1, variables: [secret('S'), plain('A', '1')] });
      expect((await values(app.id, 2, 'live')).json).toEqual({ variables: { A: '1', S: 'hidden' }, secrets: ['S'] });
    });

    it('does not become readable by being called no secret any more', async () => {
      const app = await create();
      await client.environment.save(app.id, { version: 0, variables: [secret('S', 'hidden')] });
      await expect(client.environment.save(app.id, { version: 1, variables: [{ name: 'S' }] })).rejects.toMatchObject({ code: 'environment_invalid' });
    });

    it('is saved by one of many at once, and says to the others which version is there', async () => {
      const app = await create();
      const answers = await Promise.allSettled(Array.from({ length: 5 }, (_, n) => client.environment.save(app.id, { version: 0, variables: [plain('N', `${n}`)] })));
      expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
      for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'environment_conflict', status: 409, currentVersion: 1 });
      expect((await system.call(`/v1/apps/${app.id}/environment`, { method: 'PUT', body: { variables: [] } })).json).toMatchObject({ status: 428, code: 'precondition_required' });
    });

    it.each<[string, { name: string; value?: string; secret?: boolean }[], string]>([
      ['a new secret without a value', [secret('S')], '/variables/0/value'],
      ['a variable without a value', [{ name: 'A' }], '/variables/0/value'],
      ['a name twice', [plain('A', '1'), plain('A', '2')], '/variables/1/name'],
      ['a NUL', [plain('A', 'x\0y')], '/variables/0/value'],
      ['half of a character', [plain('A', 'x\uD800')], '/variables/0/value'],
      ['the one name that an object cannot have', [plain('__proto__', 'x')], '/variables/0/name'],
      ...['FAPI_X', 'PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'LD_PRELOAD', 'PYTHONPATH', 'MALLOC_ARENA_MAX', 'path'].map((name): [string, { name: string }[], string] => [`the name ${name}`, [plain(name, 'x')], '/variables/0/name']),
    ])('is refused with %s, at its place, without repeating a value', async (_, variables, path) => {
      const app = await create();
      const error = await client.environment.save(app.id, { version: 0, variables }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'environment_invalid', status: 422, issues: expect.arrayContaining([expect.objectContaining({ path })]) });
      expect((await client.environment.read(app.id)).version).toBe(0);
    });

    it('takes names that every object has, and brings them to the runner', async () => {
      const app = await create();
      const names = ['constructor', 'hasOwnProperty', 'prototype', 'toString', 'valueOf'];
      const saved = await client.environment.save(app.id, { version: 0, variables: names.map((name) => secret(name, `of ${name}`)) });
      expect(saved.variables.map(({ name }) => name)).toEqual(names);
      expect((await client.environment.save(app.id, { version: 1, variables: names.map((name) => secret(name)) })).version).toBe(1);
      const { json } = await values(app.id, 1, 'live');
      expect(z.parse(EnvironmentValues, json)).toEqual({ variables: Object.fromEntries(names.map((name) => [name, `of ${name}`])), secrets: names });
    });

    it('says in words what a name may be', async () => {
      const app = await create();
      const error = await client.environment.save(app.id, { version: 0, variables: [plain('1-x', '')] }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: '/variables/0/name', message: 'a name is made of letters, digits and _, and does not begin with a digit' }] });
    });

    it('says that there is no such version to who names one of the future', async () => {
      const app = await create();
      await expect(client.environment.save(app.id, { version: 99, variables: [] })).rejects.toMatchObject({ code: 'environment_conflict', currentVersion: 0, message: expect.stringContaining('there is no version 99 of the environment: version 0 is the newest') });
    });

    it('is bounded in bytes of UTF-8, and says how many were used', async () => {
      const app = await create();
      expect((await client.environment.save(app.id, { version: 0, variables: [plain('A', 'é'.repeat(16_384))] })).version).toBe(1);
      await expect(client.environment.save(app.id, { version: 1, variables: [plain('A', `${'é'.repeat(16_384)}x`)] })).rejects.toMatchObject({ issues: [{ path: '/variables/0/value', used: 32_769, limit: 32_768 }] });
      await expect(client.environment.save(app.id, { version: 1, variables: ['A', 'B', 'C', 'D'].map((name) => plain(name, 'x'.repeat(32_768))) })).rejects.toMatchObject({ issues: [{ path: '/variables', used: 131_076, limit: 131_072 }] });
      await expect(client.environment.save(app.id, { version: 1, variables: Array.from({ length: 201 }, (_, n) => plain(`V${n}`, '')) })).rejects.toMatchObject({ issues: [{ path: '/variables', used: 201, limit: 200 }] });
    });

    it('is given in clear to the controller only, by scope, and never from a cache', async () => {
      const app = await create();
      await client.environment.save(app.id, { version: 0, variables: [{ ...secret('LIVE', 'l'), scope: 'live' }, { ...secret('DRAFT', 'd'), scope: 'draft' }, plain('BOTH', 'b')] });
      const live = await values(app.id, 1, 'live');
      expect([live.json, live.headers.get('cache-control')]).toEqual([{ variables: { LIVE: 'l', BOTH: 'b' }, secrets: ['LIVE'] }, 'no-store']);
      expect((await values(app.id, 1, 'draft')).json).toEqual({ variables: { DRAFT: 'd', BOTH: 'b' }, secrets: ['DRAFT'] });
      for (const token of ['', system.server.operatorKey, await system.mint({})]) expect((await values(app.id, 1, 'live', token)).json).toMatchObject({ status: 401, code: 'unauthorized' });
      for (const path of [environmentPath(app.id, 2, 'live'), environmentPath('app_none', 1, 'live'), `${environmentPath(app.id, 1, 'live')}/x`, environmentPath(app.id, 1, 'all' as 'live')]) expect((await system.call(path, { token: system.server.controllerKey })).json).toMatchObject({ status: 404, code: 'not_found' });
    });

    it('is given to no runner while its app is deleted, comes back with it, and is gone for good with it', async () => {
      const app = await create();
      await client.environment.save(app.id, { version: 0, variables: [secret('S', 'hidden')] });
      await client.apps.delete(app.id);
      expect((await values(app.id, 1, 'live')).status).toBe(404);
      await client.apps.restore(app.id);
      expect((await values(app.id, 1, 'live')).status).toBe(200);
      await client.apps.delete(app.id);
      system.advance(8 * 24 * 3_600_000);
      await until(() => client.apps.restore(app.id).catch(({ code }: { code: string }) => code), (code) => code === 'app_not_found', 15_000);
    });

    it('is in clear in no row, file or line of the log', async () => {
      const needle = 'needle-4b1d2c9a7e';
      const app = await client.apps.create({ title: 'Haystack-7731', files: main('hay') });
      await client.environment.save(app.id, { version: 0, variables: [secret('NEEDLE', needle), plain('ALSO', `x${needle}`)] });
      await system.call(`/v1/apps/${app.id}/environment`, { method: 'PUT', body: { variables: [{ ...secret('NEEDLE', needle), scope: needle }] }, headers: { 'if-match': '"1"' } });
      await client.environment.save(app.id, { version: 1, variables: [secret('PATH', needle)] }).catch(() => undefined);
      await client.deployments.create(app.id, { draftVersion: 1 }, { idempotencyKey: 'needle' });
      const seen = databaseUrl === undefined ? await readAll(system.dataDir) : await dumpRows(databaseUrl);
      // The search finds what is there.
      expect(seen).toContain('Haystack-7731');
      for (const text of [seen, JSON.stringify(system.logs)]) for (const form of [needle, Buffer.from(needle).toString('base64').slice(0, -2), Buffer.from(needle).toString('hex')]) expect(text).not.toContain(form);
    });

    it('leaves an audit row for each change, also of what changed nothing', async () => {
      if (databaseUrl === undefined) return;
      const app = await create();
      await client.environment.save(app.id, { version: 0, variables: [plain('A', '1')] });
      await client.environment.save(app.id, { version: 1, variables: [plain('A', '1')] });
      await client.apps.patch(app.id, { settings: { exclusive: true } });
      await client.egress.put(app.id, { grants: [{ host: '10.0.0.1', port: 1 }] });
      expect(await query(databaseUrl, `select action from audit where app_id = '${app.id}' order by id`)).toEqual([{ action: 'apps.create' }, { action: 'environment.save' }, { action: 'environment.save' }, { action: 'apps.patch' }, { action: 'egress.put' }]);
    });
  });

  describe('the key', () => {
    const file = () => join(system.dataDir, 'environment-key');
    it('can be changed: what the former one sealed is sealed anew at the start, and after it needs the new one alone', async () => {
      const app = await create();
      await client.environment.save(app.id, { version: 0, variables: [secret('S', 'hidden')] });
      const former = (await readFile(file(), 'utf8')).trim();
      const newer = `fek_${'n'.repeat(32)}`;
      await writeFile(file(), `${newer}\n${former}\n`);
      await restart();
      expect((await values(app.id, 1, 'live')).json.variables).toEqual({ S: 'hidden' });
      await client.environment.save(app.id, { version: 1, variables: [secret('S'), plain('A', '1')] });
      await until(() => system.logs, (logs) => logs.some(({ msg, count }) => msg === 'environments were sealed anew with the newest key' && count > 0));
      await writeFile(file(), `${newer}\n`);
      await restart();
      expect((await values(app.id, 1, 'live')).json.variables).toEqual({ S: 'hidden' });
      expect((await values(app.id, 2, 'live')).json.variables).toEqual({ S: 'hidden', A: '1' });
      await writeFile(file(), `${former}\n`);
      settings['FAPI_ACCEPT_LOST_KEYS'] = '1';
      await restart();
      expect((await values(app.id, 1, 'live')).json).toMatchObject({ status: 409, code: 'environment_unreadable', detail: expect.stringContaining('FAPI_ENVIRONMENT_KEY') });
    }, 60_000);

    it('that is lost stops no start of a server that is told to accept that: what it wrote says so, and can be written anew', async () => {
      const app = await create();
      await client.environment.save(app.id, { version: 0, variables: [secret('S', 'hidden'), plain('A', '1')] });
      await writeFile(file(), `fek_${'l'.repeat(32)}\n`);
      settings['FAPI_ACCEPT_LOST_KEYS'] = '1';
      await restart();
      await expect(client.environment.read(app.id)).rejects.toMatchObject({ code: 'environment_unreadable' });
      await expect(client.environment.save(app.id, { version: 1, variables: [secret('S')] })).rejects.toMatchObject({ code: 'environment_unreadable' });
      expect((await client.environment.save(app.id, { version: 1, variables: [secret('S', 'again')] })).version).toBe(2);
      expect((await values(app.id, 2, 'live')).json.variables).toEqual({ S: 'again' });
    }, 60_000);

    const restart = async (): Promise<void> => {
      await system.restart();
      client.close();
      client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
    };
  });

  // Last, because it moves the clock by hours.
  describe('old versions', () => {
    it('are deleted, but for the newest and those that a deployment may still need', async () => {
      const app = await create();
      const save = (version: number) => client.environment.save(app.id, { version, variables: [plain('A', `${version}`)] }, { idempotencyKey: `${app.id}-${version}` });
      for (const version of [0, 1]) await save(version);
      await goLive(system, client, await client.deployments.create(app.id, { draftVersion: 1 }));
      for (const version of [2, 3, 4]) await save(version);
      system.advance(2 * 3_600_000);
      await until(() => values(app.id, 1, 'live'), ({ status }) => status === 404, 20_000);
      expect(await Promise.all([2, 3, 4, 5].map(async (version) => (await values(app.id, version, 'live')).status))).toEqual([200, 404, 200, 200]);
      // A call that is sent again is told what it made, and not that there is nothing where nothing is kept.
      expect(await save(1)).toMatchObject({ version: 2, variables: [{ name: 'A', value: '1' }] });
      await expect(save(0)).rejects.toMatchObject({ status: 409, code: 'environment_not_kept', detail: expect.stringContaining('made version 1,') });
      expect((await client.environment.read(app.id)).version).toBe(5);
    }, 40_000);
  });
});

/** Every byte below a folder, as text. */
async function readAll(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(names.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')));
  return texts.join('\n');
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const connection = new pg.Client(url);
  await connection.connect();
  try {
    return (await connection.query(text)).rows as Record<string, unknown>[];
  } finally {
    await connection.end();
  }
}

/** Every row of every table, as text. */
async function dumpRows(url: string): Promise<string> {
  const tables = await query(url, `select table_name as name from information_schema.tables where table_schema = 'public'`);
  expect(tables.length).toBeGreaterThan(8);
  const rows = await Promise.all(tables.map(({ name }) => query(url, `select t::text as text from "${String(name)}" t`)));
  return JSON.stringify(rows);
}
