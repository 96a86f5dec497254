import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@fapi/sdk';
import { environmentPath } from '@fapi/runner-controller/work';
import { pino } from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { createServer, readConfig, ServerStartError } from '../src/index.ts';
import { takeRunnerSeat } from './parts/runner-seat.ts';
import { startSystem, type System, until } from './parts/system.ts';

const secret = (name: string, value?: string) => ({ name, secret: true, scope: 'both' as const, ...(value === undefined ? {} : { value }) });
let postgres: PostgresServer | undefined;
afterAll(() => postgres?.stop());

describe('two servers with the same keys in opposite order', () => {
  it('seal each version once at their start, and each reads what the other has sealed', async () => {
    const FAPI_DATABASE_URL = await (postgres ??= await startPostgres()).createDatabase();
    const [one, two] = [`fek_${'1'.repeat(32)}`, `fek_${'2'.repeat(32)}`];
    const first = await startSystem({ FAPI_DATABASE_URL, FAPI_ENVIRONMENT_KEY: one });
    const client = createClient({ baseUrl: first.server.url, apiKey: first.server.operatorKey });
    const app = await client.apps.create({ title: 'Many' });
    const versions = 160;
    for (let version = 0; version < versions; version++) await client.environment.save(app.id, { version, variables: [secret('S', `${version}`)] });
    client.close();
    await first.stop();
    const systems = await Promise.all([`${one},${two}`, `${two},${one}`, `${one},${two}`, `${two},${one}`].map((keys) => startSystem({ FAPI_DATABASE_URL, FAPI_ENVIRONMENT_KEY: keys })));
    const counts = await until(() => systems.slice(1).flatMap(({ logs }) => logs.filter(({ msg }) => msg === 'environments were sealed anew with the newest key').map(({ count }) => count as number)), (found) => found.length >= 2);
    for (const count of counts) expect(count).toBeLessThanOrEqual(versions);
    for (const { call, server } of systems) expect((await call(environmentPath(app.id, versions, 'live'), { token: server.controllerKey })).json.variables).toEqual({ S: `${versions - 1}` });
    await Promise.all(systems.map((system) => system.stop()));
  }, 40_000);
});

describe.each(['postgres', 'pglite'] as const)('a server without a key that something is sealed with, on %s', (kind) => {
  it('does not start: it names the keys and the ways out; told to give the values up it starts, and they are written anew', async () => {
    const environment: Record<string, string> = { FAPI_ENVIRONMENT_KEY: `fek_${'1'.repeat(32)}`, ...(kind === 'postgres' ? { FAPI_DATABASE_URL: await (postgres ??= await startPostgres()).createDatabase() } : {}) };
    const first = await startSystem(environment);
    const app = (await first.call('/v1/apps', { method: 'POST', body: { title: 'Sealed' } })).json;
    const save = (system: System, version: number) => system.call(`/v1/apps/${app.id}/environment`, { method: 'PUT', headers: { 'if-match': `"${version}"` }, body: { variables: [secret('S', 'x')] } });
    await save(first, 0);
    const place = { ...environment, FAPI_DATA_DIR: first.dataDir, FAPI_PORT: '0' };
    const start = async (more: Record<string, string>) => createServer({ config: readConfig({ ...place, ...more }), bus: first.bus, logger: pino({ level: 'silent' }) });
    if (kind === 'pglite') await first.server.close();
    // One of its own, as a server makes it that is given none; and a wrong one.
    for (const key of ['', `fek_${'2'.repeat(32)}`]) {
      const refusal = await start({ FAPI_ENVIRONMENT_KEY: key }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(ServerStartError);
      expect((refusal as Error).message).toMatch(/^1 version of environments .* the key [0-9a-f]{12}, .*environment_key_missing.* FAPI_ENVIRONMENT_KEY .* FAPI_ACCEPT_LOST_KEYS=1 [^\n]*\.$/);
    }
    // With it behind another one everything is sealed anew, whoever else is there.
    const both = await startSystem({ ...place, FAPI_ENVIRONMENT_KEY: `fek_${'2'.repeat(32)},fek_${'1'.repeat(32)}` });
    await until(() => both.logs, (logs) => logs.some(({ msg }) => msg === 'environments were sealed anew with the newest key'));
    expect((await both.call(environmentPath(app.id, 1, 'live'), { token: both.server.controllerKey })).json.variables).toEqual({ S: 'x' });
    await both.server.close();
    await expect(start({ FAPI_ENVIRONMENT_KEY: `fek_${'1'.repeat(32)}` })).rejects.toThrow(ServerStartError);
    const third = await startSystem({ ...place, FAPI_ENVIRONMENT_KEY: `fek_${'3'.repeat(32)}`, FAPI_ACCEPT_LOST_KEYS: '1' });
    expect(third.logs.find(({ lost }) => lost)).toMatchObject({ level: 50, lost: [{ keyId: expect.stringMatching(/^[0-9a-f]{12}$/), count: 1 }] });
    expect((await third.call(`/v1/apps/${app.id}/environment`)).json).toMatchObject({ version: 1, variables: [{ name: 'S', secret: true }] });
    expect((await third.call(environmentPath(app.id, 1, 'live'), { token: third.server.controllerKey })).json).toMatchObject({ status: 409, code: 'environment_unreadable' });
    expect((await save(third, 1)).json).toMatchObject({ version: 2 });
    expect((await third.call(environmentPath(app.id, 2, 'live'), { token: third.server.controllerKey })).json.variables).toEqual({ S: 'x' });
    for (const system of [third, both, first]) await system.stop().catch(() => undefined);
  }, 60_000);
});

describe('servers on one database before anything is sealed', () => {
  const start = (system: System, environment: Record<string, string>) => createServer({ config: readConfig({ FAPI_PORT: '0', ...environment }), bus: system.bus, logger: pino({ level: 'silent' }) });
  const refusal = /^Servers of this database seal environments with the key [0-9a-f]{12}, .*environment_key_missing.* FAPI_ENVIRONMENT_KEY .* FAPI_ACCEPT_LOST_KEYS=1 [^\n]*\.$/;

  it('start only with the key of the first one: who makes one of its own is refused, or takes the place of all others', async () => {
    const FAPI_DATABASE_URL = await (postgres ??= await startPostgres()).createDatabase();
    const first = await startSystem({ FAPI_DATABASE_URL });
    const place = { FAPI_DATABASE_URL, FAPI_DATA_DIR: join(first.dataDir, 'another') };
    const refused = await start(first, place).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServerStartError);
    expect((refused as Error).message).toMatch(refusal);
    const key = (await readFile(join(first.dataDir, 'environment-key'), 'utf8')).trim();
    await (await startSystem({ ...place, FAPI_ENVIRONMENT_KEY: key })).stop();
    await first.restart();
    await (await startSystem({ ...place, FAPI_ACCEPT_LOST_KEYS: '1' })).stop();
    await expect(start(first, { FAPI_DATABASE_URL, FAPI_DATA_DIR: first.dataDir })).rejects.toThrow(refusal);
    await first.stop();
  }, 40_000);

  it('agree on one of them when all come at the same moment', async () => {
    const FAPI_DATABASE_URL = await (postgres ??= await startPostgres()).createDatabase();
    const others = await Promise.all(Array.from({ length: 4 }, (_, at) => startSystem({ FAPI_DATABASE_URL, FAPI_ENVIRONMENT_KEY: `fek_${String(at).repeat(32)}` }).catch((error: unknown) => error)));
    const up = others.filter((other) => !(other instanceof Error)) as System[];
    expect(up).toHaveLength(1);
    for (const other of others) if (other instanceof Error) expect(other.message).toMatch(refusal);
    await up[0]!.stop();
  }, 40_000);

  it('go over to another key one by one, and none comes back with the former one alone', async () => {
    const FAPI_DATABASE_URL = await (postgres ??= await startPostgres()).createDatabase();
    const [one, two] = [`fek_${'1'.repeat(32)}`, `fek_${'2'.repeat(32)}`];
    const stays = await startSystem({ FAPI_DATABASE_URL, FAPI_ENVIRONMENT_KEY: one });
    const FAPI_DATA_DIR = stays.dataDir;
    for (const FAPI_ENVIRONMENT_KEY of [`${one},${two}`, `${two},${one}`, `${one},${two}`, `${two},${one}`, two]) await (await startSystem({ FAPI_DATABASE_URL, FAPI_DATA_DIR, FAPI_ENVIRONMENT_KEY })).server.close();
    await expect(start(stays, { FAPI_DATABASE_URL, FAPI_DATA_DIR, FAPI_ENVIRONMENT_KEY: one })).rejects.toThrow(refusal);
    await stays.stop();
  }, 40_000);

  it('say it when their operator or controller key is not that of the one before', async () => {
    const environment = { FAPI_DATABASE_URL: await (postgres ??= await startPostgres()).createDatabase(), FAPI_ENVIRONMENT_KEY: 'e'.repeat(32), FAPI_OPERATOR_KEY: 'o'.repeat(32) };
    const warned = async (keys: Record<string, string>): Promise<unknown[]> => {
      const system = await startSystem({ ...environment, ...keys });
      await system.stop();
      return system.logs.flatMap(({ variable }) => variable ?? []);
    };
    expect(await warned({ FAPI_CONTROLLER_KEY: 'c'.repeat(32) })).toEqual([]);
    expect(await warned({ FAPI_CONTROLLER_KEY: 'c'.repeat(32) })).toEqual([]);
    expect(await warned({})).toEqual(['FAPI_CONTROLLER_KEY']);
    expect(await warned({ FAPI_OPERATOR_KEY: 'p'.repeat(32) })).toEqual(['FAPI_OPERATOR_KEY', 'FAPI_CONTROLLER_KEY']);
  }, 40_000);
});

describe('a second workspace', () => {
  it.each([[1, 409, 'isolation_too_low'], [2, 200, undefined], [undefined, 503, 'runner_unavailable']])('where apps are isolated at level %s is answered with %i', async (level, status, code) => {
    const system = await startSystem({ FAPI_ALLOW_UNSAFE: '0' });
    const seat = level === undefined ? undefined : takeRunnerSeat(system.bus, level);
    const put = (id: string) => system.call(`/v1/workspaces/${id}`, { method: 'PUT', body: { title: 'Mine', origins: [] } });
    const answer = await put('second');
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect((await put('default')).status).toBe(200);
    await seat?.leave();
    await system.stop();
  }, 40_000);
});
