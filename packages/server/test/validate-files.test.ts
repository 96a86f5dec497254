import { createClient } from '@fapi/sdk';
import { CallRefusedError } from '@fapi/runner-controller/work';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type RunnerSeat, takeRunnerSeat } from './parts/runner-seat.ts';
import { startSystem, type System, until } from './parts/system.ts';

const files = [{ path: 'lib/x.py', content: 'x = 1\n' }, { path: 'main.py', content: 'y = 2\n' }];
let system: System;
let seat: RunnerSeat | undefined;
const clientOf = () => createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
const ask = (body: object) => system.call('/v1/validate', { method: 'POST', body });
const bundle = (sha256: string) => fetch(new URL(`/internal/v1/bundles/${sha256}`, system.server.url), { headers: { authorization: `Bearer ${system.server.controllerKey}` } });

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());
afterEach(async () => {
  await seat?.leave();
  seat = undefined;
});

it('validates files that are no app yet, as a draft of them would be: same digest, nothing saved, nothing imported', async () => {
  seat = takeRunnerSeat(system.bus);
  const audited = (await system.call('/v1/audit')).json.items.length;
  expect(await clientOf().drafts.validateFiles(files)).toEqual({ digest: expect.stringMatching(/^sha256:/), findings: [], durationMs: 1 });
  expect([(await system.call('/v1/apps')).json.items, (await system.call('/v1/audit')).json.items.length]).toEqual([[], audited]);
  const app = await clientOf().apps.create({ title: 'The same', files });
  await clientOf().drafts.validate(app.id, { draftVersion: 1 });
  const [first, second] = seat.calls;
  expect(first).toEqual({ schema: 1, kind: 'validate', appId: 'workspace:default', host: '', envVersion: 0, revision: expect.any(String), bundleSha256: expect.any(String) });
  expect(second).toMatchObject({ kind: 'validate', appId: app.id, revision: (first as { revision: string }).revision, bundleSha256: (first as { bundleSha256: string }).bundleSha256 });
});

it('refuses what a draft is refused for, in the same words, and takes as much as a draft takes', async () => {
  seat = takeRunnerSeat(system.bus);
  for (const wrong of [[{ path: '../x.py', content: '' }], [{ path: 'main.py', content: 'a\0b' }], [{ path: 'main.py', content: 'x'.repeat(5_000_001) }]]) {
    const [here, there] = [(await ask({ files: wrong })).json, (await system.call('/v1/apps', { method: 'POST', body: { title: 'Wrong', files: wrong } })).json];
    expect({ ...here, requestId: '' }).toEqual({ ...there, requestId: '' });
    expect(here.status).toBe(422);
  }
  expect((await ask({ files: [{ path: 'main.py', content: 'x'.repeat(5_000_000) }] })).status).toBe(200);
  expect((await ask({ files, draftVersion: 1 })).json).toMatchObject({ status: 400, code: 'invalid_request' });
});

it('says when nobody validates, and when whoever does has no room', async () => {
  expect((await ask({ files })).json).toMatchObject({ status: 503, code: 'runner_unavailable' });
  const stop = new AbortController();
  const serving = system.bus.calls.serve(() => Promise.reject(new CallRefusedError('workbench_busy', 'every workbench is in use')), stop.signal);
  const busy = await ask({ files });
  expect([busy.json, busy.headers.get('retry-after')]).toMatchObject([{ status: 503, code: 'workbench_busy' }, '5']);
  stop.abort();
  await serving;
});

it('keeps the bundle that it was asked with for an hour, and no longer', async () => {
  seat = takeRunnerSeat(system.bus);
  await ask({ files });
  const { bundleSha256 } = seat.calls[0] as { bundleSha256: string };
  expect((await bundle(bundleSha256)).status).toBe(200);
  system.advance(3_700_000);
  expect((await until(() => bundle(bundleSha256), ({ status }) => status !== 200, 15_000)).status).toBe(404);
}, 30_000);

it('is one allowance with the validation of drafts', async () => {
  const slow = await startSystem({ FAPI_RATE_LIMIT_PER_S: '5' });
  onTestFinished(() => slow.stop());
  const token = await slow.mint({ subject: 'tester' });
  expect((await slow.call('/v1/validate', { method: 'POST', token, body: { files } })).headers.get('ratelimit')).toContain('"validate";r=2;');
  expect((await slow.call('/v1/apps/app_x/validate', { method: 'POST', token, body: { draftVersion: 1 } })).headers.get('ratelimit')).toContain('"validate";r=1;');
});

it('checks for somebody who may only read what was saved, and keeps no text that they send', async () => {
  seat = takeRunnerSeat(system.bus);
  const app = await clientOf().apps.create({ title: 'Read only', files });
  const viewer = await system.mint({ role: 'viewer' });
  const validate = (patch?: object) => system.call(`/v1/apps/${app.id}/validate`, { method: 'POST', token: viewer, body: { draftVersion: 1, ...(patch ? { patch } : {}) } });
  const none = { move: [], remove: [], put: [] };
  for (const patch of [undefined, none]) expect(await validate(patch)).toMatchObject({ status: 200, json: { draftVersion: 1, findings: [] } });
  for (const change of [{ put: [{ path: 'main.py', content: 'z = 3\n' }] }, { remove: ['main.py'] }, { move: [{ from: 'main.py', to: 'other.py' }] }]) {
    expect((await validate({ ...none, ...change })).json).toMatchObject({ status: 403, code: 'forbidden' });
  }
  expect(new Set(seat.calls.map((call) => (call as { bundleSha256: string }).bundleSha256)).size).toBe(1);
});
