import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createWorkspace } from '@fapi/sdk/workspace';
import { startSystem, type System, until } from '../../server/test/parts/system.ts';
import { openDesk } from './desk.ts';
import { startGate } from './gate.ts';
import { client } from './on-stage.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

describe('a server that is away behind a proxy, which answers with a page of its own', () => {
  it('is an outage: a save waits for it, and a deploy did not go out', async () => {
    const { store, gate, see } = await openDesk(system);
    store.edit('main.py', 'a = 2\n');
    for (let round = 0; round < 3; round++) gate.page(/PATCH/, 502);
    await store.save();
    expect(store.snapshot).toMatchObject({ save: 'failed', error: { name: 'ContractError', status: 502 } });
    gate.cut();
    await see(({ error, save, connection }) => error === undefined && save === 'idle' && connection === 'live');
    for (let round = 0; round < 3; round++) gate.page(/POST .*deployments/, 503);
    expect(await store.deploy()).toBeUndefined();
    expect(store.snapshot).toMatchObject({ error: { name: 'ContractError' }, missedDeploy: { generation: 0 } });
    expect(await store.deploy()).toMatchObject({ generation: 1 });
  });

  it('is none where the page says that all is well: whoever answers so is not the server', async () => {
    const { store, gate, see } = await openDesk(system);
    store.edit('main.py', 'a = 2\n');
    gate.page(/PATCH/, 200);
    await store.save();
    gate.cut();
    await see(({ connection }) => connection === 'reconnecting');
    await see(({ connection }) => connection === 'live');
    expect(store.snapshot).toMatchObject({ save: 'failed', error: { name: 'ContractError', status: 200 } });
  });

  it('has the draft checked again later', async () => {
    const { store, app, gate, see } = await openDesk(system);
    const checks = (): number => gate.calls.filter((call) => call === `POST /v1/apps/${app.id}/validate`).length;
    await see(({ validation }) => validation === 'unavailable');
    gate.page(/validate/, 504);
    const before = checks();
    await store.validate();
    await until(checks, (count) => count >= before + 2);
  });
});

describe('a portal that gives no token for a moment', () => {
  it('has the draft checked again later', async () => {
    const { app } = await openDesk(system);
    const gate = await startGate(system.server.url);
    let isAway = false;
    const asked: string[] = [];
    const fapi = client({ baseUrl: gate.url, fetchToken: async ({ reason }) => {
      asked.push(reason);
      if (isAway) throw new Error('the portal is away');
      return { token: await system.mint({ scopes: ['apps:read', 'drafts:read', 'drafts:write', 'deployments:read'] }), expiresInSeconds: 600 };
    } });
    const { store, release } = createWorkspace(fapi).acquire(app.id);
    onTestFinished(release);
    const checks = (): number => gate.calls.filter((call) => call.endsWith('/validate')).length;
    await until(() => store.snapshot, ({ load, connection, validation }) => load === 'ready' && connection === 'live' && validation !== 'idle' && validation !== 'pending');
    isAway = true;
    fapi.auth.reject((await fapi.auth.authorization())!);
    const [before, mints] = [checks(), asked.length];
    await store.validate();
    expect(asked.length).toBe(mints + 1);
    expect(store.snapshot.validation).toBe('unavailable');
    isAway = false;
    await until(checks, (count) => count > before);
  });
});
