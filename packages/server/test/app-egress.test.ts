import { createClient, type FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, startSystemOn } from './parts/databases.ts';
import { goLive, main, wishedOf } from './parts/runner-play.ts';
import { type System, watchSpecs } from './parts/system.ts';

describe.each(databases)('the egress of an app, on %s', (kind) => {
  let system: System;
  let client: FapiClient;
  let specs: ReturnType<typeof watchSpecs>;
  beforeAll(async () => {
    system = await startSystemOn(kind);
    specs = watchSpecs(system.bus);
    client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
  });
  afterAll(async () => {
    specs?.stop();
    client?.close();
    await system?.stop();
  });

  const create = (): Promise<App> => client.apps.create({ title: 'App', files: main('one') });

  it('is kept in one spelling, each address once', async () => {
    const app = await create();
    const grants = [{ host: 'DB.Example.', port: 5432 }, { host: 'db.example', port: 5432 }, { host: '10.0.1', port: 80 }, { host: 'FD00:0:0::1', port: 443 }];
    const kept = { grants: [{ host: '10.0.0.1', port: 80 }, { host: 'db.example', port: 5432 }, { host: 'fd00::1', port: 443 }] };
    expect(await client.egress.put(app.id, { grants })).toEqual(kept);
    expect(await client.egress.read(app.id)).toEqual(kept);
  });

  it.each([
    '127.0.0.1', '127.1', '0x7f.1', '2130706433', '::1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST.', 'app.localhost', '169.254.169.254', 'fe80::1', '::ffff:a9fe:a9fe', 'fd00:ec2::254', 'metadata.google.internal',
    '0.0.0.0', '0', '::', '224.0.0.1', 'ff02::1', '255.255.255.255', '64:ff9b::7f00:1', '2002:7f00:1::', '-x.example', 'a..b', '1.2.3.4.5:80',
  ])('is refused to %s, with the reason', async (host) => {
    const app = await create();
    await expect(client.egress.put(app.id, { grants: [{ host: '10.0.0.1', port: 1 }, { host, port: 80 }] })).rejects.toMatchObject({ status: 422, code: 'egress_not_allowed', issues: [{ path: '/grants/1/host', message: expect.stringMatching(/ (?:is|names|hides) /) }] });
    expect(await client.egress.read(app.id)).toEqual({ grants: [] });
  });

  it('that changes swaps what is live for the same revision and environment, and the same list does nothing', async () => {
    const app = await create();
    const first = await goLive(system, client, await client.deployments.create(app.id, { draftVersion: 1 }));
    await client.environment.save(app.id, { version: 0, variables: [{ name: 'NOT_YET', value: '1' }] });
    await client.egress.put(app.id, { grants: [{ host: '10.0.0.1', port: 80 }] });
    await client.egress.put(app.id, { grants: [{ host: '10.0.0.1', port: 80 }] });
    const { latest } = await client.apps.read(app.id);
    expect(latest).toMatchObject({ generation: 2, createdBy: 'system', revision: first.revision, envVersion: 0 });
    expect(await wishedOf(specs, app.id, (_, generation) => generation === 2)).toMatchObject({ egress: [{ host: '10.0.0.1', port: 80 }], envVersion: 0 });
  });

  it('that changes while a deployment is under way gives it to that one', async () => {
    const app = await create();
    await goLive(system, client, await client.deployments.create(app.id, { draftVersion: 1 }));
    const second = await client.deployments.create(app.id, { draftVersion: 1, patch: { put: main('two') } });
    await client.egress.put(app.id, { grants: [{ host: '10.0.0.1', port: 80 }] });
    expect((await client.apps.read(app.id)).latest).toMatchObject({ generation: 3, revision: second.revision });
  });
});
