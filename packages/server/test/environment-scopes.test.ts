import { createClient, type FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import { environmentPath } from '@fapi/runner-controller/work';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployLive, goLive } from './parts/runner-play.ts';
import { startSystem, type System } from './parts/system.ts';

const secret = (name: string, scope: 'live' | 'draft' | 'both', value?: string) => ({ name, secret: true, scope, ...(value === undefined ? {} : { value }) });
let system: System;
let client: FapiClient;
beforeAll(async () => {
  system = await startSystem();
  client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey, retryLimit: 0 });
});
afterAll(async () => {
  client?.close();
  await system?.stop();
});

const create = (): Promise<App> => client.apps.create({ title: 'Scopes' });
const values = async (appId: string, version: number, which: 'live' | 'draft') => (await system.call(environmentPath(appId, version, which), { token: system.server.controllerKey })).json;

describe('a secret', () => {
  it.each([['live', 'draft'], ['live', 'both'], ['draft', 'live'], ['draft', 'both']] as const)('of %s is not shown to %s by a change of scope alone', async (from, to) => {
    const { id } = await create();
    await client.environment.save(id, { version: 0, variables: [secret('S', from, 'hidden')] });
    const error = await client.environment.save(id, { version: 1, variables: [secret('S', to)] }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'environment_invalid', issues: [{ path: '/variables/0/value', message: expect.stringContaining('send its value again, or keep the scope') }] });
    expect((await client.environment.save(id, { version: 1, variables: [secret('S', to, 'given anew')] })).version).toBe(2);
  });

  it.each(['live', 'draft'] as const)('of both keeps its value where it stays: %s', async (to) => {
    const { id } = await create();
    await client.environment.save(id, { version: 0, variables: [secret('S', 'both', 'hidden')] });
    await client.environment.save(id, { version: 1, variables: [secret('S', to)] });
    expect((await values(id, 2, to)).variables).toEqual({ S: 'hidden' });
    expect((await values(id, 2, to === 'live' ? 'draft' : 'live')).variables).toEqual({});
  });
});

describe('a name', () => {
  it('may stand once for what is live and once for drafts, each with its own value', async () => {
    const { id } = await create();
    await client.environment.save(id, { version: 0, variables: [secret('DATABASE_URL', 'live', 'of users'), { name: 'DATABASE_URL', value: 'of drafts', scope: 'draft' }] });
    expect((await client.environment.save(id, { version: 1, variables: [{ name: 'DATABASE_URL', value: 'of drafts', scope: 'draft' }, secret('DATABASE_URL', 'live')] })).version).toBe(1);
    expect(await values(id, 1, 'live')).toEqual({ variables: { DATABASE_URL: 'of users' }, secrets: ['DATABASE_URL'] });
    expect(await values(id, 1, 'draft')).toEqual({ variables: { DATABASE_URL: 'of drafts' }, secrets: [] });
    expect((await client.environment.read(id)).variables).toEqual([{ name: 'DATABASE_URL', value: 'of drafts', secret: false, scope: 'draft' }, { name: 'DATABASE_URL', secret: true, scope: 'live' }]);
  });

  it.each([['live', 'both'], ['both', 'draft'], ['draft', 'draft']] as const)('may not stand for %s and for %s', async (one, other) => {
    const { id } = await create();
    await expect(client.environment.save(id, { version: 0, variables: [{ name: 'A', value: '1', scope: one }, { name: 'A', value: '2', scope: other }] })).rejects.toMatchObject({ code: 'environment_invalid', issues: [{ path: '/variables/1/name' }] });
  });
});

it('an app whose environment has changed says that it is not deployed, to its streams too, until a deployment has taken it', async () => {
  const app = await create();
  const first = await deployLive(system, client, app);
  expect(first.freshness).toBe('up_to_date');
  const news = client.events.stream({ apps: [app.id], topics: ['apps'], signal: AbortSignal.timeout(8_000) });
  const opened = Promise.withResolvers<void>();
  const told = (async () => {
    for await (const event of news) {
      if (event.type === 'ready') opened.resolve();
      if (event.type === 'app' && event.app.freshness === 'not_deployed') return event.app.id;
    }
    return undefined;
  })();
  await opened.promise;
  await client.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: '1' }] });
  expect((await client.apps.read(app.id)).freshness).toBe('not_deployed');
  expect(await told).toBe(app.id);
  await goLive(system, client, await client.deployments.create(app.id, { revision: first.live!.revision }));
  expect((await client.apps.read(app.id)).freshness).toBe('up_to_date');
});

it('a page of the workspace may send what changes an app in part', async () => {
  await client.workspaces.put('default', { title: 'Default', origins: ['https://portal.example'] });
  const answer = await system.call('/v1/apps/x', { method: 'OPTIONS', token: '', headers: { origin: 'https://portal.example', 'access-control-request-method': 'PATCH' } });
  expect(answer.headers.get('access-control-allow-methods')?.split(', ')).toContain('PATCH');
});
