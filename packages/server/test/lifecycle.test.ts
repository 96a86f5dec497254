import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunnerStatus, stageLimitMs } from '@fapi/runner-controller/work';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { readKept, readStream } from './parts/read-stream.ts';
import { type Answer, makeStatus, startSystem, type System, until, watchSpecs } from './parts/system.ts';

const main = (word: string) => [{ path: 'main.py', content: `from fastapi import FastAPI\n\napp = FastAPI(title="${word}")\n` }];
let postgres: PostgresServer | undefined;
afterAll(() => postgres?.stop());

describe.each(['pglite', 'postgres'] as const)('on %s', (kind) => {
  let system: System;
  let specs: ReturnType<typeof watchSpecs>;
  beforeAll(async () => {
    if (kind === 'postgres') postgres = await startPostgres();
    system = await startSystem(kind === 'postgres' ? { FAPI_DATABASE_URL: await postgres!.createDatabase() } : {});
    specs = watchSpecs(system.bus);
  });
  afterAll(async () => {
    specs?.stop();
    await system?.stop();
  });

  const create = async (title = 'App', files = main('one')) => (await system.call('/v1/apps', { method: 'POST', body: { title, files } })).json;
  const read = async (appId: string) => (await system.call(`/v1/apps/${appId}`)).json;
  const deploy = (appId: string, draftVersion: number, more: object = {}, headers: Record<string, string> = {}): Promise<Answer> => system.call(`/v1/apps/${appId}/deployments`, { method: 'POST', body: { draftVersion, ...more }, headers });
  const deployment = async (appId: string, id: string) => (await system.call(`/v1/apps/${appId}/deployments/${id}`)).json;
  const say = (status: RunnerStatus) => system.bus.statuses.publish(status);
  const live = async (appId: string, made: { id: string; generation: number; revision: string }) => {
    await say(makeStatus(appId, made.generation, 'live', 'live', { serving: { generation: made.generation, revision: made.revision } }));
    return until(() => deployment(appId, made.id), (now) => now.status === 'live');
  };

  describe('an app', () => {
    it('is born with a starter that FastAPI can serve, and with its three facts', async () => {
      const app = (await system.call('/v1/apps', { method: 'POST', body: { title: '  Trimmed  ' } })).json;
      expect(app).toMatchObject({ title: 'Trimmed', draftVersion: 1, freshness: 'never_deployed', rollout: 'idle', health: 'unknown', createdBy: 'operator' });
      expect(app.url).toContain(app.host);
      const draft = await system.call(`/v1/apps/${app.id}/draft`);
      expect(draft.headers.get('etag')).toBe('"1"');
      expect(draft.json.files.find((file: { path: string }) => file.path === 'main.py').content).toContain('app = FastAPI(');
    });

    it('is listed newest first, page by page, each once', async () => {
      const made: string[] = [];
      for (let n = 0; n < 5; n++) made.push((await create(`Page ${n}`)).id);
      const seen: string[] = [];
      for (let cursor: string | undefined, pages = 0; pages < 50; pages++) {
        const page = (await system.call(`/v1/apps?limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)).json;
        expect(page.items.length).toBeLessThanOrEqual(2);
        seen.push(...page.items.map((app: { id: string }) => app.id));
        if (!(cursor = page.nextCursor)) break;
      }
      expect(seen.filter((id) => made.includes(id))).toEqual(made.toReversed());
      expect(new Set(seen).size).toBe(seen.length);
    });

    it('creates once per idempotency key, even when both calls come at once', async () => {
      const call = (title: string) => system.call('/v1/apps', { method: 'POST', body: { title }, headers: { 'idempotency-key': `create-${kind}` } });
      const answers = await Promise.all(Array.from({ length: 6 }, () => call('Once')));
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 201));
      for (const answer of answers) expect(answer.json).toEqual(answers[0]!.json);
      expect((await call('Other')).json).toMatchObject({ status: 409, code: 'idempotency_conflict' });
    });

    it('is gone for everybody after its removal, which is a spec with the next generation', async () => {
      const app = await create('Gone');
      const made = (await deploy(app.id, 1)).json;
      await live(app.id, made);
      expect((await system.call(`/v1/apps/${app.id}`, { method: 'DELETE' })).status).toBe(204);
      for (const path of ['', '/draft', '/deployments', '/metrics', `/deployments/${made.id}`]) expect((await system.call(`/v1/apps/${app.id}${path}`)).json).toMatchObject({ status: 404, code: 'app_not_found' });
      expect((await system.call(`/v1/apps/${app.id}`, { method: 'DELETE' })).status).toBe(404);
      await until(() => specs.of(app.id), (spec) => spec?.desired.state === 'stopped' && spec.generation === made.generation + 1);
    });
  });

  describe('a draft', () => {
    it('is saved when the version is the one that is there, else 409 with the present one', async () => {
      const app = await create();
      const save = (version: string, files: unknown) => system.call(`/v1/apps/${app.id}/draft`, { method: 'PUT', body: { files }, headers: { 'if-match': version } });
      const saved = await save('"1"', main('two'));
      expect([saved.status, saved.json.version, saved.headers.get('etag')]).toEqual([200, 2, '"2"']);
      expect((await save('"1"', main('three'))).json).toMatchObject({ status: 409, code: 'draft_conflict', currentVersion: 2, detail: 'version 1 of the draft was named, and version 2 is there by now' });
      expect((await save('W/"2"', main('three'))).json.version).toBe(3);
      expect((await system.call(`/v1/apps/${app.id}/draft`)).json.files).toEqual(main('three'));
    });

    it('is saved by one of many at once, and by no other', async () => {
      const app = await create();
      const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => system.call(`/v1/apps/${app.id}/draft`, { method: 'PUT', body: { files: main(`w${n}`) }, headers: { 'if-match': '"1"' } })));
      expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409, 409, 409, 409, 409]);
    });

    it('keeps every character of its files', async () => {
      const content = 'a\r\nb\tc \u{1F600} \u202E "\\" \u0007 \u2028 \uFFFD é e\u0301 {{}} $1 ?';
      const app = await create('Text', [{ path: 'x.txt', content }, { path: 'empty.py', content: '' }]);
      expect((await system.call(`/v1/apps/${app.id}/draft`)).json.files).toEqual([{ path: 'empty.py', content: '' }, { path: 'x.txt', content }]);
    });

    it('refuses broken paths with every place, and saves nothing', async () => {
      const app = await create();
      const answer = await system.call(`/v1/apps/${app.id}/draft`, { method: 'PUT', body: { files: [{ path: '../x', content: '' }, { path: 'ok.py', content: '' }, { path: '/y', content: '' }] }, headers: { 'if-match': '"1"' } });
      expect(answer.json).toMatchObject({ status: 422, code: 'draft_invalid', issues: [{ path: '/files/0/path' }, { path: '/files/2/path' }] });
      expect((await read(app.id)).draftVersion).toBe(1);
    });

    it('takes 5 MB of text and no byte more', async () => {
      const app = await create();
      const save = (bytes: number, version: number) => system.call(`/v1/apps/${app.id}/draft`, { method: 'PUT', body: { files: [{ path: 'big.txt', content: 'é'.repeat(bytes / 2) + 'x'.repeat(bytes % 2) }] }, headers: { 'if-match': `"${version}"` } });
      expect((await save(5_000_000, 1)).json.version).toBe(2);
      expect((await save(5_000_001, 2)).json).toMatchObject({ status: 422, code: 'draft_too_large', issues: [{ used: 5_000_001, limit: 5_000_000 }] });
    });

    it('says runner_unavailable when nobody validates, and what was found when somebody does', async () => {
      const app = await create();
      const validate = (body: object) => system.call(`/v1/apps/${app.id}/validate`, { method: 'POST', body });
      expect((await validate({ draftVersion: 1 })).json).toMatchObject({ status: 503, code: 'runner_unavailable' });
      const stop = new AbortController();
      const finding = { code: 'E', severity: 'error', source: 'python', file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 2 }, message: 'no' } as const;
      const bundles: string[] = [];
      const serving = system.bus.calls.serve(async (call) => {
        if (call.kind !== 'validate') return { schema: 1, kind: 'ping', runtime: { kind: 'test', isolation: { level: 0, layers: [] }, python: '3.11.0', stack: {} } };
        bundles.push(call.bundleSha256);
        return { schema: 1, kind: 'validate', findings: [finding], durationMs: 3 };
      }, stop.signal);
      const answer = await validate({ draftVersion: 1, patch: { put: main('patched'), remove: [] } });
      expect(answer.json).toEqual({ draftVersion: 1, digest: expect.stringMatching(/^sha256:/), findings: [finding], durationMs: 3 });
      const bundle = await fetch(new URL(`/internal/v1/bundles/${bundles[0]}`, system.server.url), { headers: { authorization: `Bearer ${system.server.controllerKey}` } });
      expect(await bundle.text()).toContain('title="patched"');
      expect((await validate({ draftVersion: 9 })).json).toMatchObject({ code: 'draft_conflict', currentVersion: 1, detail: 'there is no version 9 of the draft: version 1 is the newest' });
      expect((await read(app.id)).draftVersion).toBe(1);
      stop.abort();
      await serving;
    });
  });

  describe('a deployment', () => {
    it('saves the patch, freezes the result and tells the controller, with one generation', async () => {
      const app = await create();
      const answer = await deploy(app.id, 1, { patch: { put: main('patched'), remove: [] } });
      expect(answer.status).toBe(202);
      expect(answer.json).toMatchObject({ status: 'queued', generation: 1, draftVersion: 2, stages: [{ name: 'queued' }], revision: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
      expect((await read(app.id))).toMatchObject({ draftVersion: 2, rollout: 'working', latest: { id: answer.json.id } });
      const spec = await until(() => specs.of(app.id), (found) => found !== undefined);
      expect(spec).toMatchObject({ generation: 1, host: app.host, workspaceId: 'default', desired: { state: 'live', deploymentId: answer.json.id, revision: answer.json.revision, cancelled: false, settled: false } });
    });

    it('keeps the draft version when the patch changes nothing', async () => {
      const app = await create();
      expect((await deploy(app.id, 1, { patch: { put: main('one'), remove: ['none.py'] } })).json).toMatchObject({ draftVersion: 1 });
    });

    it('has the same revision for the same files, and another for others', async () => {
      const app = await create();
      const [one, two] = [(await deploy(app.id, 1)).json, (await deploy(app.id, 1)).json];
      expect([two.revision === one.revision, two.generation]).toEqual([true, 2]);
      expect((await deploy(app.id, 1, { patch: { put: main('x'), remove: [] } })).json.revision).not.toBe(one.revision);
    });

    it('is refused for a version that is not there, and changes nothing', async () => {
      const app = await create();
      expect((await deploy(app.id, 7)).json).toMatchObject({ status: 409, code: 'draft_conflict', currentVersion: 1 });
      expect((await deploy(app.id, 1, { patch: { put: [{ path: '../x', content: '' }], remove: [] } })).json).toMatchObject({ status: 422, code: 'draft_invalid' });
      expect((await system.call(`/v1/apps/${app.id}/deployments`)).json.items).toEqual([]);
      expect(specs.of(app.id)).toBeUndefined();
    });

    it('happens once per idempotency key, also at once, and not for another body', async () => {
      const app = await create();
      const key = { 'idempotency-key': `deploy-${app.id}` };
      const answers = await Promise.all([1, 2, 3].map(() => deploy(app.id, 1, { patch: { put: main('k'), remove: [] } }, key)));
      expect(answers.map((answer) => answer.status)).toEqual([202, 202, 202]);
      for (const answer of answers) expect(answer.json).toEqual(answers[0]!.json);
      expect((await deploy(app.id, 1, { patch: { put: main('k'), remove: [] } }, key)).json).toEqual(answers[0]!.json);
      expect((await deploy(app.id, 2, {}, key)).json).toMatchObject({ status: 409, code: 'idempotency_conflict' });
      expect((await system.call(`/v1/apps/${app.id}/deployments`)).json.items).toHaveLength(1);
    });

    it('supersedes the one before it exactly once, and late words about that one change nothing', async () => {
      const app = await create();
      const first = (await deploy(app.id, 1)).json;
      const second = (await deploy(app.id, 1, { patch: { put: main('two'), remove: [] } })).json;
      const superseded = await deployment(app.id, first.id);
      expect(superseded).toMatchObject({ status: 'superseded', reason: 'superseded', endedAt: expect.any(String) });
      await say(makeStatus(app.id, 1, 'live', 'live'));
      await live(app.id, second);
      expect(await deployment(app.id, first.id)).toEqual(superseded);
      const events = await readKept(system, app.id, 'deployments');
      expect(events.filter((event) => event.deployment.id === first.id && event.deployment.status === 'superseded')).toHaveLength(1);
    });

    it('goes live by the runner\'s word, is marked settled, and stops the one before it', async () => {
      const app = await create();
      const first = await live(app.id, (await deploy(app.id, 1)).json);
      expect(first.stages.map((stage: { name: string }) => stage.name)).toEqual(['queued', 'validating', 'preparing', 'starting', 'verifying', 'live']);
      await until(() => specs.of(app.id), (spec) => spec?.desired.state === 'live' && spec.desired.settled);
      expect(await read(app.id)).toMatchObject({ freshness: 'up_to_date', rollout: 'idle', health: 'running', live: { id: first.id } });
      const second = await live(app.id, (await deploy(app.id, 1, { patch: { put: main('two'), remove: [] } })).json);
      expect(await deployment(app.id, first.id)).toMatchObject({ status: 'stopped' });
      expect(await read(app.id)).toMatchObject({ freshness: 'up_to_date', live: { id: second.id } });
      await system.call(`/v1/apps/${app.id}/draft`, { method: 'PUT', body: { files: main('three') }, headers: { 'if-match': '"2"' } });
      expect(await read(app.id)).toMatchObject({ freshness: 'not_deployed', live: { id: second.id } });
    });

    it('that fails leaves the former one live, and says why', async () => {
      const app = await create();
      const first = await live(app.id, (await deploy(app.id, 1)).json);
      const second = (await deploy(app.id, 1, { patch: { put: main('bad'), remove: [] } })).json;
      const failure = { phase: 'import', class: 'import', message: 'No module named x', frames: [{ file: 'main.py', line: 1 }], output: ['Traceback'] } as const;
      await say(makeStatus(app.id, 2, 'failed', 'preparing', { reason: 'import_failed', message: failure.message, failure: { ...failure, frames: [...failure.frames], output: [...failure.output] }, serving: { generation: 1, revision: first.revision } }));
      expect(await until(() => deployment(app.id, second.id), (now) => now.status === 'failed')).toMatchObject({ reason: 'import_failed', message: failure.message, failure });
      expect(await read(app.id)).toMatchObject({ rollout: 'failed', freshness: 'not_deployed', health: 'running', live: { id: first.id }, latest: { id: second.id } });
    });

    it('keeps what user code printed, whatever it printed', async () => {
      const app = await create();
      const made = (await deploy(app.id, 1)).json;
      const failure = { phase: 'import', class: 'import', message: 'bad \u0000 byte and \uD800 half', frames: [], output: ['\u0000', '\uDC00'] } as RunnerStatus['failure'];
      await say(makeStatus(app.id, 1, 'failed', 'preparing', { reason: 'import_failed', message: 'bad \u0000 byte', failure }));
      expect(await until(() => deployment(app.id, made.id), (now) => now.status === 'failed', 3_000)).toMatchObject({ reason: 'import_failed', failure: { message: expect.stringContaining('bad ') } });
    });

    it('shows the crash of what is live, and loses it when it runs again', async () => {
      const app = await create();
      const made = await live(app.id, (await deploy(app.id, 1)).json);
      await say(makeStatus(app.id, 1, 'live', 'live', { health: 'crashed', serving: { generation: 1, revision: made.revision }, crash: { phase: 'running', class: 'killed', message: 'exit code 3', frames: [], output: [] } }));
      expect(await until(() => read(app.id), (now) => now.health === 'crashed')).toMatchObject({ crash: { class: 'killed', message: 'exit code 3' } });
      await say(makeStatus(app.id, 1, 'live', 'live', { health: 'running', serving: { generation: 1, revision: made.revision } }));
      expect(await until(() => read(app.id), (now) => now.health === 'running')).not.toHaveProperty('crash');
      expect((await deployment(app.id, made.id)).status).toBe('live');
    });

    it('shows what troubles the app that is live and that it crashes again and again, each change once, and nothing when it is well', async () => {
      const app = await create();
      const made = await live(app.id, (await deploy(app.id, 1)).json);
      const well = { serving: { generation: 1, revision: made.revision } };
      // A word that Postgres cannot keep as it is, and keys that it sorts.
      const trouble: RunnerStatus['trouble'] = { phase: 'running', class: 'stalled', message: 'blocked\0', frames: [{ line: 4, file: 'main.py' }], output: [] };
      const ailing = makeStatus(app.id, 1, 'live', 'live', { ...well, trouble, isCrashLooping: true });
      const stream = readStream(system, `apps=${app.id}&topics=apps&since=0`);
      await say(ailing);
      await say(ailing);
      const shown = { health: 'running', isCrashLooping: true, trouble: { class: 'stalled', message: 'blocked\uFFFD', frames: [{ file: 'main.py', line: 4 }] } };
      expect(await until(() => read(app.id), (now) => now.trouble !== undefined)).toMatchObject(shown);
      await say(makeStatus(app.id, 1, 'live', 'live', { ...well, health: 'asleep' }));
      const asleep = await until(() => read(app.id), (now) => now.health === 'asleep');
      expect([asleep.trouble, asleep.isCrashLooping]).toEqual([undefined, undefined]);
      await until(() => stream.events, (events) => events.some((event) => event.type === 'app' && event.app.health === 'asleep'));
      await stream.stop();
      expect(stream.events.filter((event) => event.app?.trouble)).toHaveLength(1);
    });

    it('that the runner rolled back has failed, and the former revision is wished for again by the system', async () => {
      const app = await create();
      const first = await live(app.id, (await deploy(app.id, 1)).json);
      const second = await live(app.id, (await deploy(app.id, 1, { patch: { put: main('two'), remove: [] } })).json);
      await say(makeStatus(app.id, 2, 'failed', 'live', { reason: 'rolled_back', message: 'it crashed', serving: { generation: 1, revision: first.revision } }));
      expect(await until(() => deployment(app.id, second.id), (now) => now.status === 'failed')).toMatchObject({ reason: 'rolled_back' });
      const app2 = await read(app.id);
      expect(app2.live?.id).not.toBe(second.id);
      expect(app2.latest).toMatchObject({ generation: 3, revision: first.revision, createdBy: 'system' });
    });

    it('is cancelled before the switch, and the controller is told', async () => {
      const app = await create();
      const made = (await deploy(app.id, 1)).json;
      const cancel = () => system.call(`/v1/apps/${app.id}/deployments/${made.id}/cancel`, { method: 'POST' });
      const stopWord = until(() => specs.of(app.id), (spec) => spec?.desired.state === 'live' && spec.desired.cancelled).then(() => say(makeStatus(app.id, 1, 'cancelled', 'validating')));
      expect((await cancel()).status).toBe(200);
      await stopWord;
      await until(() => deployment(app.id, made.id), (now) => now.status === 'cancelled');
      expect((await cancel()).json).toMatchObject({ status: 409, code: 'already_settled' });
      expect(await read(app.id)).toMatchObject({ rollout: 'idle', freshness: 'never_deployed' });
    });

    it('is not cancelled once it is live: 409 already_live', async () => {
      const app = await create();
      const made = await live(app.id, (await deploy(app.id, 1)).json);
      expect((await system.call(`/v1/apps/${app.id}/deployments/${made.id}/cancel`, { method: 'POST' })).json).toMatchObject({ status: 409, code: 'already_live' });
      expect((await system.call(`/v1/apps/${app.id}/deployments/dep_none/cancel`, { method: 'POST' })).json).toMatchObject({ status: 404, code: 'deployment_not_found' });
    });

    it('that lost its cancel to the switch ends with rows and runner saying the same', async () => {
      const app = await create();
      const made = (await deploy(app.id, 1)).json;
      await system.call(`/v1/apps/${app.id}/deployments/${made.id}/cancel`, { method: 'POST' });
      await say(makeStatus(app.id, 1, 'live', 'live', { serving: { generation: 1, revision: made.revision } }));
      // Either it counts as live, or the wish that nothing be live is told to the controller with a newer generation.
      await until(async () => ({ now: await deployment(app.id, made.id), spec: specs.of(app.id) }), ({ now, spec }) => now.status === 'live' || (spec?.generation ?? 0) > 1, 2_000);
    });

    it('that failed for us and went live all the same is not kept: what was live before is wished for again', async () => {
      const app = await create();
      const first = await live(app.id, (await deploy(app.id, 1)).json);
      const second = (await deploy(app.id, 1, { patch: { put: main('lost'), remove: [] } })).json;
      await say(makeStatus(app.id, second.generation, 'failed', 'starting', { reason: 'runner_lost', message: 'no runner' }));
      await until(() => deployment(app.id, second.id), (now) => now.status === 'failed');
      await say(makeStatus(app.id, second.generation, 'live', 'live', { serving: { generation: second.generation, revision: second.revision } }));
      await until(() => specs.of(app.id), (spec) => spec !== undefined && spec.generation === second.generation + 1 && spec.desired.state === 'live' && spec.desired.revision === first.revision);
      expect((await deployment(app.id, second.id)).status).toBe('failed');
    });

    it('that nobody moves ends: failed, deadline_exceeded', async () => {
      const app = await create();
      const made = (await deploy(app.id, 1)).json;
      system.advance(stageLimitMs + 31_000);
      expect(await until(() => deployment(app.id, made.id), (now) => now.status === 'failed', 15_000)).toMatchObject({ reason: 'deadline_exceeded', message: expect.any(String) });
      await until(() => specs.of(app.id), (spec) => spec?.desired.state === 'live' && spec.desired.cancelled);
    });

    it('is listed newest first, page by page', async () => {
      const app = await create();
      for (let n = 0; n < 5; n++) await deploy(app.id, 1);
      const one = (await system.call(`/v1/apps/${app.id}/deployments?limit=3`)).json;
      const two = (await system.call(`/v1/apps/${app.id}/deployments?limit=3&cursor=${encodeURIComponent(one.nextCursor)}`)).json;
      expect([...one.items, ...two.items].map((item) => item.generation)).toEqual([5, 4, 3, 2, 1]);
      expect(two.nextCursor).toBeUndefined();
    });
  });

  describe('readiness', () => {
    it('is public and says what works', async () => {
      expect((await system.call('/v1/health/ready', { token: '' })).json).toMatchObject({ status: 'ready', checks: { database: { ok: true }, bus: { ok: true } } });
    });
  });
});
