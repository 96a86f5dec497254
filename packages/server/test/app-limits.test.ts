import { createClient, type FapiClient } from '@fapi/sdk';
import { type App, limitBounds } from '@fapi/sdk/contract';
import { type CallAnswer, CallRefusedError } from '@fapi/runner-controller/work';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, startSystemOn } from './parts/databases.ts';
import { goLive, main, wishedOf } from './parts/runner-play.ts';
import { takeRunnerSeat } from './parts/runner-seat.ts';
import { type System, watchSpecs } from './parts/system.ts';

describe.each(databases)('the limits of an app, on %s', (kind) => {
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
  const { memoryMiB: memory, folderMiB: folder } = limitBounds;

  it('are what every app has until an operator sets others, and again when those are null or not named', async () => {
    const app = await create();
    const everybodys = { memoryMiB: { own: null, limit: memory.default, ...memory }, folderMiB: { own: null, limit: folder.default, ...folder } };
    expect(await client.apps.limits.read(app.id)).toEqual(everybodys);
    const set = { memoryMiB: { own: 256, limit: 256, ...memory }, folderMiB: { own: 64, limit: 64, ...folder } };
    expect(await client.apps.limits.put(app.id, { memoryMiB: 256, folderMiB: 64 })).toEqual(set);
    expect(await client.apps.limits.read(app.id)).toEqual(set);
    expect(await client.apps.limits.put(app.id, { memoryMiB: null, folderMiB: 64 })).toEqual({ ...everybodys, folderMiB: set.folderMiB });
    expect(await client.apps.limits.put(app.id, {})).toEqual(everybodys);
  });

  it('come with what the app uses of them, as whoever runs it says now, and never as a number when nobody says', async () => {
    const app = await create();
    const read = async () => Object.entries(await client.apps.limits.read(app.id)).map(([name, limit]) => [name, 'used' in limit ? limit.used : 'unknown']);
    expect(await read()).toEqual([['memoryMiB', 'unknown'], ['folderMiB', 'unknown']]);
    let answer: Partial<Extract<CallAnswer, { kind: 'usage' }>> = { memoryBytes: 41_234_567, folderBytes: 0 };
    const stop = new AbortController();
    const serving = system.bus.calls.serve((call): Promise<CallAnswer> => {
      if (call.kind === 'usage' && call.appId === app.id) return Promise.resolve({ schema: 1, kind: 'usage', ...answer });
      return Promise.reject(new CallRefusedError('failed', 'the agent is stuck'));
    }, stop.signal);
    expect(await read()).toEqual([['memoryMiB', 39.3], ['folderMiB', 0]]);
    answer = { folderBytes: 5 << 20 };
    expect(await read()).toEqual([['memoryMiB', 'unknown'], ['folderMiB', 5]]);
    const other = await create();
    expect((await client.apps.limits.read(other.id)).memoryMiB).toEqual({ own: null, limit: memory.default, ...memory });
    stop.abort();
    await serving;
  });

  it.each([['memoryMiB', memory], ['folderMiB', folder]] as const)('of %s have bounds, and what lies outside is refused at its place', async (name, { minimum, maximum }) => {
    const app = await create();
    for (const value of [minimum, maximum]) expect((await client.apps.limits.put(app.id, { [name]: value }))[name].limit).toBe(value);
    for (const value of [minimum - 1, maximum + 1, 0, -1, minimum + 0.5, `${minimum}`]) {
      const { json } = await system.call(`/v1/apps/${app.id}/limits`, { method: 'PUT', body: { [name]: value } });
      expect(json).toMatchObject({ status: 400, code: 'invalid_request', issues: [{ path: `/${name}` }] });
    }
    const slip = await system.call(`/v1/apps/${app.id}/limits`, { method: 'PUT', body: { [name.toLowerCase()]: minimum } });
    expect(slip.json).toMatchObject({ status: 400, code: 'invalid_request' });
    expect((await client.apps.limits.read(app.id))[name].limit).toBe(maximum);
  });

  it('are read by who may see the app, and set by the operator alone', async () => {
    const app = await create();
    const admin = createClient({ baseUrl: system.server.url, apiKey: (await client.apiKeys.create({ title: 'portal', role: 'admin' })).key, retryLimit: 0 });
    expect((await admin.apps.limits.read(app.id)).memoryMiB.limit).toBe(memory.default);
    await expect(admin.apps.limits.put(app.id, { memoryMiB: 2_048 })).rejects.toMatchObject({ status: 403, code: 'forbidden' });
    await expect(client.apps.limits.put('app_nowhere', {})).rejects.toMatchObject({ status: 404, code: 'app_not_found' });
    admin.close();
  });

  it('that change swap what is live for the same revision, the same ones do nothing, and the audit log keeps both', async () => {
    const app = await create();
    const first = await goLive(system, client, await client.deployments.create(app.id, { draftVersion: 1 }));
    expect((await wishedOf(specs, app.id, (_, generation) => generation === 1)).limits).toEqual({ memoryMiB: null, folderMiB: null });
    await client.apps.limits.put(app.id, { memoryMiB: 256 });
    await client.apps.limits.put(app.id, { memoryMiB: 256 });
    expect((await client.apps.read(app.id)).latest).toMatchObject({ generation: 2, trigger: 'limits', createdBy: 'system', revision: first.revision });
    expect(await wishedOf(specs, app.id, (_, generation) => generation === 2)).toMatchObject({ revision: first.revision, limits: { memoryMiB: 256, folderMiB: null } });
    const rows = [];
    for await (const { kind: who, action } of client.audit.list({ appId: app.id })) if (action === 'limits.put') rows.push(who);
    expect(rows).toEqual(['operator', 'operator']);
  });

  it('that change while a deployment is under way go to that one', async () => {
    const app = await create();
    await goLive(system, client, await client.deployments.create(app.id, { draftVersion: 1 }));
    const second = await client.deployments.create(app.id, { draftVersion: 1, patch: { put: main('two') } });
    await client.apps.limits.put(app.id, { folderMiB: 32 });
    expect((await client.apps.read(app.id)).latest).toMatchObject({ generation: 3, revision: second.revision });
  });

  it('that change are told to pages, also of an app that was never deployed', async () => {
    const app = await create();
    const leave = new AbortController();
    let told: unknown;
    for await (const event of client.events.stream({ apps: [app.id], signal: leave.signal })) {
      if (event.type === 'ready') await client.apps.limits.put(app.id, { memoryMiB: 128 });
      if (event.type === 'app') {
        told = event;
        break;
      }
    }
    leave.abort();
    expect(told).toMatchObject({ app: { id: app.id } });
    expect((await client.apps.read(app.id)).latest).toBeUndefined();
  });

  it('of an app are not those of its clone', async () => {
    const app = await create();
    await client.apps.limits.put(app.id, { memoryMiB: 4_096 });
    expect((await client.apps.limits.read((await client.apps.clone(app.id)).id)).memoryMiB.own).toBeNull();
  });

  it('that are set while it is suspended hold after the resume', async () => {
    const app = await create();
    await goLive(system, client, await client.deployments.create(app.id, { draftVersion: 1 }));
    await client.apps.suspend(app.id, {});
    await client.apps.limits.put(app.id, { memoryMiB: 512 });
    const { latest } = await client.apps.resume(app.id);
    expect((await wishedOf(specs, app.id, (_, generation) => generation === latest!.generation)).limits).toEqual({ memoryMiB: 512, folderMiB: null });
  });

  it('hold for a draft that is imported ahead', async () => {
    const app = await create();
    await client.apps.limits.put(app.id, { memoryMiB: 512 });
    const seat = takeRunnerSeat(system.bus);
    await client.drafts.validate(app.id, { draftVersion: 1, session: 'editor-1', sequence: 1 });
    expect(seat.calls).toMatchObject([{ kind: 'validate', dryImport: { limits: { memoryMiB: 512, folderMiB: null } } }]);
  });
});
