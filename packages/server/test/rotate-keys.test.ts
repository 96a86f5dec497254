import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@fapi/sdk';
import { environmentPath } from '@fapi/runner-controller/work';
import { expect, it } from 'vitest';
import { LockedError, rotateKeys, type RotationReport } from '../src/index.ts';
import { startPostgres } from '../../../tools/parts/postgres.ts';
import { startSystem, type System } from './parts/system.ts';

const secret = { name: 'KEY', value: 's3cret of the app', secret: true };
const fill = async (system: System): Promise<string> => {
  const client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
  const { id } = await client.apps.create({ title: 'Sealed' });
  await client.environment.save(id, { version: 0, variables: [secret] });
  await client.environment.save(id, { version: 1, variables: [secret, { name: 'MODE', value: 'fast' }] });
  client.close();
  return id;
};
const values = async (system: System, appId: string, version: number) => (await system.call(environmentPath(appId, version, 'live'), { token: system.server.controllerKey })).json;

it('the embedded server gets a new key, everything is sealed with it, and the former one is gone', async () => {
  const system = await startSystem();
  const file = join(system.dataDir, 'environment-key');
  try {
    const appId = await fill(system);
    const former = (await readFile(file, 'utf8')).trim();
    await expect(rotateKeys({ FAPI_DATA_DIR: system.dataDir })).rejects.toThrow(LockedError);
    expect((await readFile(file, 'utf8')).trim()).toBe(former);
    let report: RotationReport | undefined;
    await system.restart(system.bus, async () => {
      report = await rotateKeys({ FAPI_DATA_DIR: system.dataDir });
    });
    expect(report).toMatchObject({ isNew: true, count: 2, missing: [], free: [expect.any(String)] });
    const present = (await readFile(file, 'utf8')).trim();
    expect([present === former, present.split('\n').length, (await stat(file)).mode & 0o777]).toEqual([false, 1, 0o600]);
    expect(await values(system, appId, 1)).toEqual({ variables: { KEY: secret.value }, secrets: ['KEY'] });
    expect((await values(system, appId, 2)).variables).toEqual({ KEY: secret.value, MODE: 'fast' });
    expect(JSON.stringify(system.logs)).not.toContain(secret.value);
  } finally {
    await system.stop();
  }
});

it('with given keys the first one seals, and the report says which can leave', async () => {
  const postgres = await startPostgres();
  const FAPI_DATABASE_URL = await postgres.createDatabase();
  const [one, two] = ['1'.repeat(32), '2'.repeat(32)];
  const system = await startSystem({ FAPI_DATABASE_URL, FAPI_ENVIRONMENT_KEY: `${one},${two}` });
  try {
    const appId = await fill(system);
    const turned = await rotateKeys({ FAPI_DATABASE_URL, FAPI_DATA_DIR: system.dataDir, FAPI_ENVIRONMENT_KEY: `${two},${one}` });
    expect(turned).toMatchObject({ isNew: false, count: 2, missing: [] });
    expect(turned.free).toHaveLength(1);
    // A server that has both keys never noticed.
    expect((await values(system, appId, 2)).variables).toEqual({ KEY: secret.value, MODE: 'fast' });
    expect(await rotateKeys({ FAPI_DATABASE_URL, FAPI_DATA_DIR: system.dataDir, FAPI_ENVIRONMENT_KEY: '3'.repeat(32) })).toMatchObject({ count: 0, free: [], missing: [turned.keyId] });
  } finally {
    await system.stop();
    await postgres.stop();
  }
});
