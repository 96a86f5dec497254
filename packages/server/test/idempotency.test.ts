import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSystem, type System } from './parts/system.ts';

const files = [{ path: 'main.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()\n' }];
const write = { method: 'PUT', body: { files: [...files, { path: 'more.py', content: 'x = 1\n' }] } };

describe('a write that is sent again with the same key', () => {
  let system: System;
  beforeAll(async () => { system = await startSystem(); });
  afterAll(() => system?.stop());
  const make = async (): Promise<string> => (await system.call('/v1/apps', { method: 'POST', body: { title: 'Once', files } })).json.id;

  it('is one save, also when its answer was lost and its version is the old one by then', async () => {
    const app = await make();
    const save = () => system.call(`/v1/apps/${app}/draft`, { ...write, headers: { 'if-match': '"1"', 'idempotency-key': 'save' } });
    const first = await save();
    expect(first.json).toMatchObject({ version: 2 });
    expect((await save()).json).toEqual(first.json);
    expect((await system.call(`/v1/apps/${app}/draft`, { ...write, headers: { 'if-match': '"1"', 'idempotency-key': 'other' } })).json.code).toBe('draft_conflict');
  });

  it('is one environment, and no table holds its values in clear', async () => {
    const app = await make();
    const variables = [{ name: 'PLAIN', value: 'seen-by-nobody-else' }, { name: 'KEY', value: 'hidden-needle', secret: true }];
    const save = () => system.call(`/v1/apps/${app}/environment`, { method: 'PUT', body: { variables }, headers: { 'if-match': '"0"', 'idempotency-key': 'environment' } });
    const first = await save();
    expect(first.json).toMatchObject({ version: 1, variables: [{ name: 'KEY', secret: true }, { name: 'PLAIN', value: 'seen-by-nobody-else' }] });
    expect((await save()).json).toEqual(first.json);
  });

  it('is one change of an app, one cancel and one deletion', async () => {
    const app = await make();
    const patch = () => system.call(`/v1/apps/${app}`, { method: 'PATCH', body: { title: 'Twice' }, headers: { 'idempotency-key': 'patch' } });
    expect((await patch()).json).toEqual((await patch()).json);
    const deployment = await system.call(`/v1/apps/${app}/deployments`, { method: 'POST', body: { draftVersion: 1 } });
    const cancel = () => system.call(`/v1/apps/${app}/deployments/${deployment.json.id}/cancel`, { method: 'POST', headers: { 'idempotency-key': 'cancel' } });
    const first = await cancel();
    expect(first.json).toMatchObject({ status: 'cancelled' });
    expect((await cancel()).json).toEqual(first.json);
    const remove = () => system.call(`/v1/apps/${app}`, { method: 'DELETE', headers: { 'idempotency-key': 'delete' } });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 204]);
  });

  it('is refused when it asks for something else, and free for somebody else', async () => {
    const app = await make();
    const rename = (title: string, token?: string) => system.call(`/v1/apps/${app}`, { method: 'PATCH', body: { title }, headers: { 'idempotency-key': 'mine' }, ...(token ? { token } : {}) });
    expect(await rename('A')).toMatchObject({ status: 200 });
    expect((await rename('B')).json).toMatchObject({ status: 409, code: 'idempotency_conflict' });
    expect((await rename('B', await system.mint({ subject: 'operator' }))).json).toMatchObject({ title: 'B' });
  });
});
