import { createClient } from '@fapi/sdk';
import { environmentPath } from '@fapi/runner-controller/work';
import { afterAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { takeRunnerSeat } from './runner-seat.ts';
import { startSystem, until } from './system.ts';

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

describe('a server without the key of the others', () => {
  it('says at its start which keys are missing, and for how many environments', async () => {
    const FAPI_DATABASE_URL = await (postgres ??= await startPostgres()).createDatabase();
    const first = await startSystem({ FAPI_DATABASE_URL });
    const app = (await first.call('/v1/apps', { method: 'POST', body: { title: 'Sealed' } })).json;
    await first.call(`/v1/apps/${app.id}/environment`, { method: 'PUT', headers: { 'if-match': '"0"' }, body: { variables: [secret('S', 'x')] } });
    const second = await startSystem({ FAPI_DATABASE_URL });
    const said = await until(() => second.logs.find(({ missing }) => missing), (found) => found !== undefined);
    expect(said).toMatchObject({ level: 50, missing: [{ keyId: expect.stringMatching(/^[0-9a-f]{12}$/), count: 1 }], msg: expect.stringContaining('FAPI_ENVIRONMENT_KEY') });
    expect(first.logs.find(({ missing }) => missing)).toBeUndefined();
    for (const system of [first, second]) await system.stop();
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
