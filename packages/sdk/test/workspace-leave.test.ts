import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createWorkspace } from '@fapi/sdk/workspace';
import { startSystem, type System, until } from '../../server/test/parts/system.ts';
import { openDesk, textOf } from './desk.ts';
import { client, spin } from './on-stage.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

it('reads nothing of an app before what another page still saves of it is saved', async () => {
  const { store, app, gate } = await openDesk(system);
  const late = gate.hold(/PATCH/);
  store.edit('main.py', 'typed = 1\n');
  const saving = store.save();
  await late.arrived;
  const reads = (): number => gate.calls.filter((call) => call === `GET /v1/apps/${app.id}/draft`).length;
  const before = reads();
  const next = createWorkspace(client({ baseUrl: gate.url, apiKey: system.server.operatorKey }), { after: saving }).acquire(app.id);
  onTestFinished(next.release);
  // Its stream says that it should read, and it waits for what is saved.
  await until(() => next.store.snapshot.connection, (connection) => connection === 'live');
  expect([next.store.snapshot.load, reads()]).toEqual(['loading', before]);
  late.release();
  await until(() => next.store.snapshot, ({ load }) => load === 'ready');
  expect(textOf(next.store.snapshot)).toBe('typed = 1\n');
});

it('asks for nothing more once its client is closed, whoever still holds it', async () => {
  const { page, store, gate } = await openDesk(system);
  await until(() => store.snapshot.validation, (validation) => validation === 'unavailable');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  store.edit('main.py', 'typed = 1\n');
  page.close();
  const before = gate.calls.length;
  await vi.advanceTimersByTimeAsync(60_000);
  await spin(() => gate.streams === 0);
  expect(gate.calls.length).toBe(before);
  expect(textOf(store.snapshot)).toBe('typed = 1\n');
});
