import { createClient } from '@fapi/sdk';
import type { ConversionPlan } from '@fapi/sdk/contract';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startSystem, type System } from './parts/system.ts';

const main = 'from fastapi import FastAPI\n\napp = FastAPI()  # wörld\n\n\n@app.get("/x")\ndef x(): ...\n';
const bytes = (text: string): number => Buffer.byteLength(text);
const [head, route] = [main.slice(0, main.indexOf('\n\n@app')), main.slice(main.indexOf('.get'))];
const plan = {
  files: [{ path: 'main.py', pieces: [[0, bytes(head)], '\napp.include_router(x_router)\n'] }, { path: 'routers/x.py', pieces: ['router = APIRouter()\n\n\n@router', [bytes(main) - bytes(route), bytes(main)]] }],
  kept: [{ name: 'y', line: 3, reason: 'It uses `app` itself.' }], routes: 1, durationMs: 7,
} satisfies ConversionPlan;
let system: System;
let answer: ConversionPlan;
let appId: string;
const stop = new AbortController();
const asked: unknown[] = [];
const convert = (body: object, token?: string) => system.call(`/v1/apps/${appId}/convert`, { method: 'POST', body, ...(token ? { token } : {}) });

beforeAll(async () => {
  system = await startSystem();
  // The runner of these tests.
  void system.bus.calls.serve(async (call) => {
    asked.push(call);
    return call.kind === 'convert' ? { schema: 1, kind: 'convert', plan: answer } : { schema: 1, kind: 'refused', code: 'none', message: 'not played here' };
  }, stop.signal);
});
afterAll(async () => {
  await system.stop();
  stop.abort();
});
beforeEach(async () => {
  [answer, asked.length] = [plan, 0];
  appId = (await system.call('/v1/apps', { method: 'POST', body: { title: 'One file', files: [{ path: 'main.py', content: main }] } })).json.id;
});

it('makes the files of ranges that count bytes, and saves nothing', async () => {
  const client = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
  const conversion = await client.drafts.convert(appId, { draftVersion: 1 });
  expect(conversion).toEqual({
    draftVersion: 1, digest: expect.stringMatching(/^sha256:/), routes: 1, durationMs: 7, kept: plan.kept,
    files: [{ path: 'main.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()  # wörld\n\napp.include_router(x_router)\n' }, { path: 'routers/x.py', content: 'router = APIRouter()\n\n\n@router.get("/x")\ndef x(): ...\n' }],
  });
  expect(asked).toEqual([{ schema: 1, kind: 'convert', appId, envVersion: 0, revision: conversion.digest, bundleSha256: expect.any(String) }]);
  expect(await client.drafts.read(appId)).toMatchObject({ version: 1, files: [{ path: 'main.py', content: main }] });
  expect(await client.drafts.patch(appId, { version: 1, put: conversion.files })).toMatchObject({ version: 2, files: conversion.files });
});

it('converts what is typed over the draft, and a stale version conflicts', async () => {
  const patch = { put: [{ path: 'lib.py', content: '' }] };
  const [first, second] = [(await convert({ draftVersion: 1 })).json, (await convert({ draftVersion: 1, patch })).json];
  expect(second.digest).not.toBe(first.digest);
  expect((await convert({ draftVersion: 2 })).json).toMatchObject({ status: 409, code: 'draft_conflict' });
});

it('says every reason of a refusal with its file and line', async () => {
  const kept = [{ name: 'x', line: 6, reason: 'It uses `app` itself.' }];
  answer = { refused: { message: 'No route can be moved.', file: 'main.py', line: 6, kept, findings: [] }, durationMs: 1 };
  expect((await convert({ draftVersion: 1 })).json).toMatchObject({
    status: 422, code: 'conversion_refused', detail: 'No route can be moved.',
    issues: [{ path: 'draft.main.py', line: 6, message: 'No route can be moved.' }, { path: 'draft.main.py', line: 6, message: 'x: It uses `app` itself.' }],
  });
  const place = { line: 2, column: 1 };
  answer = { refused: { message: 'There are errors.', file: 'b.py', line: 2, kept: [], findings: [{ code: 'PY001', severity: 'error', source: 'syntax', file: 'b.py', start: place, end: place, message: 'invalid syntax' }] }, durationMs: 1 };
  expect((await convert({ draftVersion: 1 })).json.issues).toEqual([{ path: 'draft.b.py', line: 2, message: 'invalid syntax' }]);
});

it('proposes nothing that a draft would be refused for', async () => {
  answer = { ...plan, files: [...plan.files, ...Array.from({ length: 199 }, (_, at) => ({ path: `routers/r${at}.py`, pieces: [] }))] };
  expect((await convert({ draftVersion: 1 })).json).toMatchObject({ status: 422, code: 'draft_too_large' });
});

it('is for those who may change the draft, of what is not suspended', async () => {
  const viewer = await system.mint({ subject: 'v', role: 'viewer' });
  expect((await convert({ draftVersion: 1 }, viewer)).json).toMatchObject({ status: 403, code: 'forbidden' });
  await system.call(`/v1/apps/${appId}/suspend`, { method: 'POST', body: {} });
  expect((await convert({ draftVersion: 1 })).json).toMatchObject({ status: 409, code: 'app_suspended' });
  expect(asked).toEqual([]);
});
