import type { Call, CallAnswer } from '@fapi/runner-controller/work';
import { createClient, type FapiClient, type Revision } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, startSystemOn } from './parts/databases.ts';
import { makeStatus, type System, until } from './parts/system.ts';

const main = (word: string) => [{ path: 'main.py', content: `from fastapi import FastAPI\n\napp = FastAPI(title="${word}")\n` }];
const none = `sha256:${'0'.repeat(64)}`;
type Validate = Extract<Call, { kind: 'validate' }>;
type Seen = Extract<CallAnswer, { kind: 'validate' }>;

describe.each(databases)('on %s', (kind) => {
  let system: System;
  let fapi: FapiClient;
  /** What the runner says of each revision, and what it was asked. */
  let answer: (call: Validate) => Partial<Seen> | Error = () => ({});
  const asked: Validate[] = [];
  const stop = new AbortController();
  let serving: Promise<void>;
  beforeAll(async () => {
    system = await startSystemOn(kind);
    fapi = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
    serving = system.bus.calls.serve(async (call): Promise<CallAnswer> => {
      if (call.kind !== 'validate') return { schema: 1, kind: 'cancel', isCancelled: true };
      asked.push(call);
      const said = answer(call);
      if (said instanceof Error) throw said;
      return { schema: 1, kind: 'validate', findings: [], durationMs: 1, ...said };
    }, stop.signal);
  });
  afterAll(async () => {
    stop.abort();
    await serving;
    fapi?.close();
    await system?.stop();
  });

  const create = (files = main('one')) => fapi.apps.create({ title: 'App', files });
  const settle = async (made: { id: string; appId: string; generation: number; revision: string }, phase: 'live' | 'failed' = 'live') => {
    await system.bus.statuses.publish(phase === 'live' ? makeStatus(made.appId, made.generation, 'live', 'live', { serving: { generation: made.generation, revision: made.revision } }) : makeStatus(made.appId, made.generation, 'failed', 'validating', { reason: 'import_failed', message: `no such colour: plaid\n${'or'.repeat(200)}`, failure: { phase: 'import', class: 'import', type: 'ValueError', message: 'no such colour: plaid', frames: [], output: [] } }));
    return until(() => fapi.deployments.read(made.appId, made.id), (now) => now.status === phase);
  };
  const deploy = async (appId: string, files: { path: string; content: string }[], phase: 'live' | 'failed' = 'live', client = fapi) => {
    const { version, files: former } = await fapi.drafts.read(appId);
    const gone = former.map(({ path }) => path).filter((path) => !files.some((file) => file.path === path));
    const made = await client.deployments.create(appId, { draftVersion: version, patch: { put: files, remove: gone } });
    return settle(made, phase);
  };
  const refusal = async (call: Promise<unknown> | PromiseLike<unknown>): Promise<unknown> => Promise.resolve(call).then(() => undefined, (error: { code?: string }) => error.code);

  describe('the revisions of an app', () => {
    it('are none before its first deploy', async () => {
      const app = await create();
      expect(await fapi.revisions.list(app.id)).toEqual({ items: [] });
      expect(await refusal(fapi.revisions.read(app.id, none))).toBe('revision_not_found');
      expect(await refusal(fapi.revisions.files(app.id, none))).toBe('revision_not_found');
      expect(await refusal(fapi.revisions.patch(app.id, none, { pinned: true }))).toBe('revision_not_found');
      expect(await refusal(fapi.revisions.read('app_none', none))).toBe('app_not_found');
      expect(await refusal(fapi.revisions.read(app.id, 'sha256:x'))).toBe('invalid_request');
    });

    it('are numbered, with who made them, how large they are, and what became of them', async () => {
      const app = await create();
      const ann = createClient({ baseUrl: system.server.url, apiKey: await system.mint({ subject: 'ann' }) });
      const one = await deploy(app.id, main('é'), 'live', ann);
      system.advance(31_000);
      const two = await deploy(app.id, [...main('two'), { path: 'b.py', content: 'x = 1\n' }]);
      const three = await deploy(app.id, main('broken'), 'failed');
      const { items } = await fapi.revisions.list(app.id);
      expect(items).toMatchObject([
        { number: 3, digest: three.revision, outcome: 'failed', failure: 'ValueError: no such colour: plaid', createdBy: 'operator', isLive: false, isLastGood: false, lastDeploymentId: three.id, files: 1, pinned: false, lock: 'curated' },
        { number: 2, digest: two.revision, outcome: 'live', createdBy: 'operator', isLive: true, isLastGood: false, lastDeploymentId: two.id, files: 2, liveAt: two.liveAt },
        { number: 1, digest: one.revision, outcome: 'stopped', createdBy: 'ann', isLive: false, isLastGood: true, lastDeploymentId: one.id, files: 1, bytes: Buffer.byteLength(main('é')[0]!.content), liveAt: one.liveAt },
      ]);
      expect(items[0]!.liveAt).toBeUndefined();
      expect(items[1]!.durationMs).toBe(Date.parse(two.liveAt!) - Date.parse(two.createdAt));
      expect(items[0]!.durationMs).toBe(Date.parse(three.endedAt!) - Date.parse(three.createdAt));
      for (const revision of items) expect(await fapi.revisions.read(app.id, revision.digest)).toEqual(revision);
      // Half a minute later it has proved good itself.
      system.advance(31_000);
      expect((await fapi.revisions.list(app.id)).items.map(({ isLastGood }) => isLastGood)).toEqual([false, true, false]);
      ann.close();
    });

    it('are one however often the same files are deployed, and what was asked for again tells of the newest time', async () => {
      const app = await create();
      const one = await deploy(app.id, main('one'));
      const two = await deploy(app.id, main('two'));
      const again = await deploy(app.id, main('one'));
      expect(again.revision).toBe(one.revision);
      expect((await fapi.revisions.list(app.id)).items.map(({ number, digest, outcome, lastDeploymentId, lastGeneration }) => [number, digest, outcome, lastDeploymentId, lastGeneration])).toEqual([[2, two.revision, 'stopped', two.id, two.generation], [1, one.revision, 'live', again.id, again.generation]]);
    });

    it('tell of the newest time that they were asked for: what for, when and by whom', async () => {
      const app = await create();
      const one = await deploy(app.id, main('one'));
      await deploy(app.id, main('two'));
      const back = await settle(await fapi.deployments.create(app.id, { revision: one.revision }));
      const told = (await fapi.revisions.list(app.id)).items.map(({ number, lastTrigger, lastDeployedAt, lastDeployedBy }) => [number, lastTrigger, lastDeployedBy, lastDeployedAt]);
      expect(told).toEqual([[2, 'deploy', 'operator', expect.any(String)], [1, 'revert', 'operator', back.createdAt]]);
    });

    it('are listed page by page, each once', async () => {
      const app = await create();
      for (let n = 0; n < 5; n++) await deploy(app.id, main(`page ${n}`));
      const seen: Revision[] = [];
      for await (const revision of fapi.revisions.list(app.id, { limit: 2 })) seen.push(revision);
      expect(seen.map(({ number }) => number)).toEqual([5, 4, 3, 2, 1]);
      expect((await fapi.revisions.list(app.id, { limit: 2 })).items).toHaveLength(2);
      expect(await refusal(fapi.revisions.list(app.id, { cursor: 'x' }))).toBe('invalid_request');
    });

    it('give back the files that they were frozen with, whatever became of the draft', async () => {
      const app = await create();
      const files = [{ path: 'a/b.py', content: 'é\r\n' }, { path: 'main.py', content: main('files')[0]!.content }];
      const made = await deploy(app.id, files);
      const { version } = await fapi.drafts.read(app.id);
      await fapi.drafts.save(app.id, { version, files: main('later') });
      expect(await fapi.revisions.files(app.id, made.revision)).toEqual({ digest: made.revision, files });
      // Another app has no part in it.
      expect(await refusal(fapi.revisions.files((await create()).id, made.revision))).toBe('revision_not_found');
    });

    it.each([
      ['at the top', [{ path: 'a/b.py', content: 'é\r\n' }, { path: 'empty.py', content: '' }, ...main('zip')]],
      ['in one folder', [{ path: 'app/__init__.py', content: '' }, { path: 'app/main.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()\n' }]],
    ])('go out as a zip archive, and come in with the same digest: files %s', async (_, files) => {
      const [app, other] = [await create(), await create()];
      const { revision } = await deploy(app.id, files);
      const zip = await fapi.revisions.exportZip(app.id, revision);
      expect(await fapi.revisions.exportZip(app.id, revision)).toEqual(zip);
      expect((await system.call(`/v1/apps/${app.id}/revisions/${revision}/export`)).headers.get('content-disposition')).toBe(`attachment; filename="${app.host}-1.zip"`);
      const { version } = await fapi.drafts.importZip(other.id, { version: 1, zip });
      expect((await fapi.deployments.create(other.id, { draftVersion: version })).revision).toBe(revision);
      expect(await refusal(fapi.revisions.exportZip(other.id, none))).toBe('revision_not_found');
    });

    it('take a comment and a pin, each by itself', async () => {
      const app = await create();
      const { revision } = await deploy(app.id, main('commented'));
      expect(await fapi.revisions.patch(app.id, revision, { comment: '  Before the exam  ' })).toMatchObject({ comment: 'Before the exam', pinned: false, isLive: true });
      expect(await fapi.revisions.patch(app.id, revision, { pinned: true })).toMatchObject({ comment: 'Before the exam', pinned: true });
      const unmarked = await fapi.revisions.patch(app.id, revision, { comment: null, pinned: false });
      expect([unmarked.comment, unmarked.pinned]).toEqual([undefined, false]);
      expect(await fapi.revisions.read(app.id, revision)).toEqual(unmarked);
      for (const body of [{}, { comment: '' }, { comment: 'x'.repeat(501) }, { pinned: 'yes' }]) expect(await refusal(fapi.revisions.patch(app.id, revision, body as never))).toBe('invalid_request');
    });
  });

  describe('a diff', () => {
    const document = (...paths: string[]) => ({ openapi: '3.1.0', paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: { 200: {} } } }])) });
    const dryImport = (openapi?: Record<string, unknown>, more: object = {}) => ({ dryImport: { prepared: true, routes: [], sideEffects: [], durationMs: 1, ...(openapi ? { openapi } : {}), ...more } });

    it('tells what differs between what is live and the draft', async () => {
      const app = await create();
      const moved = { path: 'old.py', content: 'moved = 1\n' };
      const live = await deploy(app.id, [...main('one'), moved, { path: 'gone.py', content: 'gone\n' }, { path: 'requirements.txt', content: 'httpx==1\n' }]);
      await fapi.environment.save(app.id, { version: 0, variables: [{ name: 'TOKEN', value: 'very secret', secret: true }] });
      const { version } = await fapi.drafts.read(app.id);
      await fapi.drafts.save(app.id, { version, files: [...main('two'), { path: 'new/place.py', content: moved.content }, { path: 'fresh.py', content: 'a\nb\n' }, { path: 'requirements.txt', content: 'httpx==2\nredis\n' }] });
      answer = ({ revision }) => dryImport(revision === live.revision ? document('/', '/old') : document('/', '/new'));
      const diff = await fapi.revisions.diff(app.id, { from: 'live', to: 'draft' });
      expect(diff.from).toEqual({ kind: 'revision', digest: live.revision, number: 1, envVersion: 0, isLive: true });
      expect(diff.to).toMatchObject({ kind: 'draft', draftVersion: version + 1, envVersion: 1, isLive: false });
      expect(diff.files.map(({ path, change, fromPath, addedLines, removedLines }) => [path, change, fromPath, addedLines, removedLines])).toEqual([
        ['fresh.py', 'added', undefined, 2, 0], ['gone.py', 'removed', undefined, 0, 1], ['main.py', 'changed', undefined, 1, 1], ['new/place.py', 'moved', 'old.py', 0, 0], ['requirements.txt', 'changed', undefined, 2, 1],
      ]);
      expect(diff.files.find(({ path }) => path === 'main.py')!.patch).toBe('--- a/main.py\n+++ b/main.py\n@@ -1,3 +1,3 @@\n from fastapi import FastAPI\n \n-app = FastAPI(title="one")\n+app = FastAPI(title="two")\n');
      expect(diff.environment).toEqual({ isKnown: true, added: ['TOKEN'], removed: [], changed: [] });
      expect(diff.dependencies).toEqual({ fromLock: 'curated', toLock: 'curated', added: [{ name: 'redis', to: '' }], removed: [], changed: [{ name: 'httpx', from: '==1', to: '==2' }] });
      expect(diff.api).toMatchObject({ isKnown: true, routes: [{ method: 'GET', path: '/new', change: 'added', isBreaking: false }, { method: 'GET', path: '/old', change: 'removed', isBreaking: true }] });
      expect(JSON.stringify(diff)).not.toContain('very secret');
    });

    it('has the code imported once per revision, with the values of drafts, and never for who may not edit', async () => {
      const app = await create();
      const [one, two] = [await deploy(app.id, main('one')), await deploy(app.id, main('two'))];
      answer = ({ revision }) => dryImport(document(revision === one.revision ? '/one' : '/two'));
      asked.length = 0;
      const sides = { from: one.revision, to: two.revision };
      const viewer = createClient({ baseUrl: system.server.url, apiKey: await system.mint({ scopes: ['drafts:read'] }) });
      const before = await viewer.revisions.diff(app.id, sides);
      expect(before).toMatchObject({ files: [{ path: 'main.py', change: 'changed' }], api: { isKnown: false, reason: expect.stringContaining('nobody who may edit has asked') }, environment: { isKnown: false, reason: 'this needs environment:read' } });
      expect(asked).toEqual([]);
      const first = await fapi.revisions.diff(app.id, sides);
      expect(asked.map(({ revision, dryImport: how }) => [revision, how?.values, how?.withOpenApi])).toEqual([[one.revision, 'draft', true], [two.revision, 'draft', true]]);
      expect(await fapi.revisions.diff(app.id, sides)).toEqual(first);
      expect(await fapi.revisions.diff(app.id, { from: two.revision, to: 'live' })).toMatchObject({ files: [], api: { isKnown: true, routes: [] } });
      expect((await viewer.revisions.diff(app.id, sides)).api).toEqual(first.api);
      expect(asked).toHaveLength(2);
      viewer.close();
    });

    it.each<[string, () => Partial<Seen> | Error, string]>([
      ['nobody answers', () => new Error('the agent is away'), 'the agent is away'],
      ['its code does not compile', () => ({ findings: [{ code: 'PY001', severity: 'error', source: 'python', file: 'main.py', start: { line: 3, column: 1 }, end: { line: 3, column: 2 }, message: 'invalid syntax' }] }), 'main.py, line 3: invalid syntax'],
      ['it cannot be imported', () => dryImport(undefined, { prepared: false, reason: 'No module named nowhere' }), 'No module named nowhere'],
      ['no core is free', () => dryImport(undefined, { prepared: false, dropped: true, reason: 'Every core is preparing a draft already.' }), 'Ask again'],
      ['it is no FastAPI app', () => dryImport(), 'it has no OpenAPI document'],
    ])('says why the API is not known when %s, and the rest all the same', async (_, says, reason) => {
      const app = await create();
      await deploy(app.id, main('one'));
      const { version } = await fapi.drafts.read(app.id);
      await fapi.drafts.save(app.id, { version, files: main('two') });
      answer = says;
      const diff = await fapi.revisions.diff(app.id, { from: 'live', to: 'draft' });
      expect(diff).toMatchObject({ files: [{ path: 'main.py', change: 'changed', addedLines: 1 }], api: { isKnown: false, routes: [], schemas: [] } });
      expect(diff.api.reason).toContain(reason);
      expect(diff.api.reason).toMatch(/revision 1 .*the draft/);
      // Nothing of it is kept: the next one is told what is true then.
      answer = () => dryImport(document('/'));
      expect((await fapi.revisions.diff(app.id, { from: 'live', to: 'draft' })).api.isKnown).toBe(true);
    });

    it('takes a document with what no jsonb can hold', async () => {
      const app = await create();
      const one = await deploy(app.id, main('odd'));
      answer = ({ revision }) => dryImport(revision === one.revision ? document('/nul\u0000', '/half\uD800') : document('/'));
      const sides = { from: one.revision, to: 'draft' };
      const { version } = await fapi.drafts.read(app.id);
      await fapi.drafts.save(app.id, { version, files: main('even') });
      const first = await fapi.revisions.diff(app.id, sides);
      expect(first.api).toMatchObject({ isKnown: true, routes: [{ change: 'added' }, { change: 'removed' }, { change: 'removed' }] });
      expect(await fapi.revisions.diff(app.id, sides)).toEqual(first);
    });

    it('names what came, went and changed of the environment that each side was deployed with', async () => {
      const app = await create();
      await fapi.environment.save(app.id, { version: 0, variables: [{ name: 'A', value: '1' }, { name: 'B', value: '1' }] });
      const one = await deploy(app.id, main('one'));
      await fapi.environment.save(app.id, { version: 1, variables: [{ name: 'A', value: '2' }, { name: 'C', value: '1' }] });
      expect((await fapi.revisions.diff(app.id, { from: one.revision, to: 'draft' })).environment).toEqual({ isKnown: true, added: ['C'], removed: ['B'], changed: ['A'] });
    });

    it('is refused where there is nothing to compare', async () => {
      const app = await create();
      expect(await refusal(fapi.revisions.diff(app.id, { from: 'live', to: 'draft' }))).toBe('revision_not_found');
      expect(await refusal(fapi.revisions.diff(app.id, { from: none, to: 'draft' }))).toBe('revision_not_found');
      expect(await refusal(fapi.revisions.diff(app.id, { from: 'newest', to: 'draft' }))).toBe('invalid_request');
      expect((await system.call(`/v1/apps/${app.id}/diff?from=draft`)).json).toMatchObject({ status: 400, code: 'invalid_request' });
      expect(await fapi.revisions.diff(app.id, { from: 'draft', to: 'draft' })).toMatchObject({ files: [], api: { isKnown: true, routes: [], schemas: [] } });
    });
  });
});
