import { gunzipSync } from 'node:zlib';
import { createClient, type FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, startSystemOn } from './parts/databases.ts';
import { main, playRunner, type RunnerPlay, settled } from './parts/runner-play.ts';
import type { System } from './parts/system.ts';

describe.each(databases)('the rows of a clone on %s', (kind) => {
  let system: System;
  let runner: RunnerPlay;
  let client: FapiClient;
  beforeAll(async () => {
    system = await startSystemOn(kind);
    runner = playRunner(system);
    client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
  });
  afterAll(async () => {
    client?.close();
    runner?.stop();
    await system?.stop();
  });
  const readRows = async (): Promise<[table: string, row: Record<string, any>][]> =>
    gunzipSync((await system.call('/v1/backup')).bytes).toString().trimEnd().split('\n').slice(1, -1).map((line) => JSON.parse(line));

  it('name the same texts and hold none twice; values are sealed for their new place, and what the operator granted is not there', async () => {
    const app = await client.apps.create({ title: 'Source', files: main('named twice') });
    await settled(client, await client.deployments.create(app.id, { draftVersion: 1 }));
    await client.environment.save(app.id, { version: 0, variables: [{ name: 'KEY', value: 's3cret', secret: true }] });
    await client.egress.put(app.id, { grants: [{ host: 'api.example.com', port: 443 }] });
    const clone = await client.apps.clone(app.id, { from: 'live', environment: 'values' });
    expect((await client.egress.read(clone.id)).grants).toEqual([]);
    const rows = await readRows();
    expect(rows.filter(([table, row]) => table === 'contents' && row['content'].includes('named twice'))).toHaveLength(1);
    const sealed = rows.filter(([table, row]) => table === 'environments' && [app.id, clone.id].includes(row['app_id'])).map(([, row]) => row['variables'][0].sealed);
    expect(sealed).toHaveLength(2);
    expect(sealed[0]).not.toBe(sealed[1]);
  });

  it('are all there or none: a revision that is gone, values that cannot be had and a deploy that is refused leave no app behind', async () => {
    const app = await client.apps.create({ title: 'Source', files: main('one') });
    const count = async (): Promise<number> => (await readRows()).filter(([table]) => table === 'apps').length;
    const before = await count();
    await expect(client.apps.clone(app.id, { from: `sha256:${'1'.repeat(64)}`, deploy: true })).rejects.toMatchObject({ code: 'revision_not_found' });
    await expect(client.apps.clone(app.id, { from: 'live', deploy: true })).rejects.toMatchObject({ code: 'not_live' });
    await client.apps.suspend(app.id, {});
    await expect(client.apps.clone(app.id, { deploy: true })).rejects.toMatchObject({ code: 'app_suspended' });
    expect(await count()).toBe(before);
  });

  it('come from many sources at once without one waiting for another for ever', async () => {
    const sources: App[] = [];
    for (let n = 0; n < 6; n++) sources.push(await client.apps.create({ title: 'Source', files: main('one') }));
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(sources.map(({ id }) => client.apps.clone(id, { deploy: true }).then(() => 'made', (error: { code: string }) => error.code)));
      expect(answers).toEqual(sources.map(() => 'made'));
    }
  }, 60_000);
});
