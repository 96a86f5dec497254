import { presenceMs } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, startSystemOn } from './parts/databases.ts';
import { readStream, type StreamReader } from './parts/read-stream.ts';
import { type Answer, type System, until } from './parts/system.ts';

describe.each(databases)('who has an app open, on %s', (kind) => {
  let system: System;
  let [ada, bob] = ['', ''];
  beforeAll(async () => {
    system = await startSystemOn(kind);
    [ada, bob] = [await system.mint({ subject: 'ada' }), await system.mint({ subject: 'bob' })];
  });
  afterAll(() => system?.stop());

  const create = async (): Promise<string> => (await system.call('/v1/apps', { method: 'POST', body: { title: 'App' } })).json.id;
  const put = (appId: string, token: string, page: string, path?: string): Promise<Answer> => system.call(`/v1/apps/${appId}/presence/${page}`, { method: 'PUT', token, body: path === undefined ? {} : { path } });
  const leave = (appId: string, token: string, page: string): Promise<Answer> => system.call(`/v1/apps/${appId}/presence/${page}`, { method: 'DELETE', token });
  /** What was told last of the app. */
  const last = ({ events }: StreamReader, appId: string): unknown => events.findLast((event) => event.type === 'presence' && event.appId === appId)?.people;
  const isTold = (reader: StreamReader, appId: string, people: unknown): Promise<unknown> => until(() => JSON.stringify(last(reader, appId)), (text) => text === JSON.stringify(people));
  const open = async (query: string, token: string): Promise<StreamReader> => {
    const reader = readStream(system, query, { token });
    await until(() => reader.events, (events) => events.some(({ type }) => type === 'ready'));
    return reader;
  };

  it('is told to who follows it: who comes, which file they look at, who leaves, and who was not heard of for too long', async () => {
    const app = await create();
    const reader = await open(`apps=${app}`, bob);
    expect((await put(app, ada, 'page_of_ada')).status).toBe(204);
    await isTold(reader, app, [{ page: 'page_of_ada', subject: 'ada' }]);
    await put(app, ada, 'page_of_ada', 'main.py');
    await put(app, bob, 'page_of_bob', 'a/b.py');
    await isTold(reader, app, [{ page: 'page_of_ada', subject: 'ada', path: 'main.py' }, { page: 'page_of_bob', subject: 'bob', path: 'a/b.py' }]);
    const late = await open(`apps=${app}`, ada);
    await isTold(late, app, last(reader, app));
    expect((await leave(app, ada, 'page_of_ada')).status).toBe(204);
    await isTold(reader, app, [{ page: 'page_of_bob', subject: 'bob', path: 'a/b.py' }]);
    system.advance(presenceMs + 1_000);
    for (const follower of [reader, late]) await isTold(follower, app, []);
    await Promise.all([reader.stop(), late.stop()]);
  });

  it('is nothing that one can say of another, and nothing that one hears of an app that the token does not name', async () => {
    const [app, other] = [await create(), await create()];
    const narrow = await system.mint({ subject: 'narrow', apps: [other] });
    const [all, few] = [await open('', bob), await open('', narrow)];
    await put(app, ada, 'page_0001', 'main.py');
    await put(app, bob, 'page_0001', 'b.py');
    await isTold(all, app, [{ page: 'page_0001', subject: 'ada', path: 'main.py' }, { page: 'page_0001', subject: 'bob', path: 'b.py' }]);
    await leave(app, bob, 'page_0001');
    await isTold(all, app, [{ page: 'page_0001', subject: 'ada', path: 'main.py' }]);
    expect((await put(app, narrow, 'page_0002')).json).toMatchObject({ status: 404, code: 'app_not_found' });
    await put(other, narrow, 'page_0002');
    await isTold(few, other, [{ page: 'page_0002', subject: 'narrow' }]);
    expect(last(few, app)).toBeUndefined();
    await Promise.all([all.stop(), few.stop()]);
  });

  it('is bounded: ten pages of one person, the least recently heard of make room', async () => {
    const app = await create();
    const reader = await open(`apps=${app}`, bob);
    for (let page = 0; page < 12; page++) {
      await put(app, ada, `page_${1_000 + page}`);
      system.advance(10);
    }
    await isTold(reader, app, Array.from({ length: 10 }, (_, at) => ({ page: `page_${1_002 + at}`, subject: 'ada' })));
    await reader.stop();
  });

  it('takes no page, path or field that is none, and says which', async () => {
    const app = await create();
    for (const page of ['short', 'a.b.c.d.e.f', 'x'.repeat(65)]) expect((await put(app, ada, page)).json).toMatchObject({ status: 400, code: 'invalid_request', issues: [{ path: expect.stringContaining('page') }] });
    for (const path of ['\u202Eyp.niam', '../main.py', '<b>.py', 'a\u0007.py']) expect((await put(app, ada, 'page_0001', path)).json).toMatchObject({ status: 400, issues: [{ path: '/path' }] });
    expect((await put(app, ada, 'page_0001', 'x'.repeat(513))).json).toMatchObject({ status: 400, issues: [{ path: '/path' }] });
    expect((await system.call(`/v1/apps/${app}/presence/page_0001`, { method: 'PUT', token: ada, body: { file: 'main.py' } })).json).toMatchObject({ status: 400, issues: [{ path: '/file' }] });
  });

  it('goes with the app', async () => {
    const app = await create();
    const reader = await open(`apps=${app}`, bob);
    await put(app, ada, 'page_0001');
    await isTold(reader, app, [{ page: 'page_0001', subject: 'ada' }]);
    await system.call(`/v1/apps/${app}`, { method: 'DELETE' });
    await isTold(reader, app, []);
    expect((await put(app, ada, 'page_0001')).json).toMatchObject({ status: 404, code: 'app_not_found' });
    await reader.stop();
  });
});
