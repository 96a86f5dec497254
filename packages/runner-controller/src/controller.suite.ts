import { beforeEach, describe, expect, it } from 'vitest';
import type { OpenRuntime, RuntimeUnderTest } from './runtime/runtime.suite.ts';
import { appThatCounts, appThatCannotStart, appThatRaises, appThatReads, makeApp, makeBundle, makeSlowImport, makeSlowStart } from './test-parts/bundles.ts';
import { openEditor } from './test-parts/editor.ts';
import { listLanguageServers } from './test-parts/language-servers.ts';
import { makeSpec } from './test-parts/messages.ts';
import type { RunnerSpec } from './work/messages.ts';
import { until } from './test-parts/until.ts';
import { useController } from './test-parts/use-controller.ts';
import type { Wishes } from './test-parts/wishes.ts';

const never = new AbortController().signal;

/** What the controller makes of a runtime, whichever it is. */
export function describeController(title: string, open: OpenRuntime): void {
  describe(`the controller on ${title}`, () => {
    let house: RuntimeUnderTest;
    let wishes: Wishes;
    useController(open, (parts) => ({ house, wishes } = parts), { resyncMs: 300 });
    let appId: string;
    let count = 0;
    beforeEach(() => {
      appId = `app-${++count}`;
    });
    const revisionOf = ({ desired }: RunnerSpec): string | undefined => (desired.state === 'live' ? desired.revision : undefined);
    const word = async (): Promise<unknown> => (await house.visit(appId)).body?.word;

    it('makes a spec a runner that answers, and says each stage with its times', async () => {
      const spec = await wishes.deploy(appId, 1, makeApp('one'));
      const live = await wishes.until(appId, (status) => status.phase !== 'working');
      const revision = spec.desired.state === 'live' && spec.desired.revision;
      expect(live).toMatchObject({ generation: 1, phase: 'live', health: 'running', serving: { generation: 1, revision } });
      expect(live.stages.map((stage) => stage.name)).toEqual(['validating', 'preparing', 'starting', 'verifying', 'live']);
      for (const stage of live.stages) expect(stage.endedAt! >= stage.startedAt).toBe(true);
      expect(live.stages.slice(0, 4).every((stage) => stage.durationMs! > 0)).toBe(true);
      // An act that is asked of the runner is over when it has answered, by the clock too.
      const [, , starting] = live.stages;
      expect(Date.parse(starting!.endedAt!) - Date.parse(starting!.startedAt)).toBeGreaterThanOrEqual(Math.floor(starting!.durationMs!) - 1);
      expect(await house.visit(appId)).toMatchObject({ status: 200, body: { word: 'one' }, revision });
      expect(wishes.heard(appId).map((status) => status.stages.length)).toEqual(wishes.heard(appId).map((status) => status.stages.length).toSorted((a, b) => a - b));
    });

    it('replaces a revision by the next one, and no answer after "live" is the old one', async () => {
      await wishes.live(appId, 1, makeApp('one'));
      await wishes.live(appId, 2, makeApp('two'));
      for (let n = 0; n < 20; n++) expect(await word()).toBe('two');
    });

    it('does nothing when the same spec comes twice', async () => {
      const spec = await wishes.live(appId, 1, makeApp('one'));
      const { born } = (await house.visit(appId)).body;
      const before = wishes.heard(appId).length;
      for (let n = 0; n < 3; n++) await wishes.bus.specs.publish(spec);
      // Another app, asked for later, shows that the controller has been past these.
      await wishes.live(`${appId}-after`, 1, makeApp('after'));
      expect((await house.visit(appId)).body.born).toBe(born);
      expect(wishes.heard(appId).slice(before)).toEqual([]);
    });

    it('carries a language session of the bus, and says in codes why one is over', async () => {
      const { sessions } = wishes.bus;
      const bundle = makeBundle({ 'main.py': 'from models import Item\n\nItem.\n', 'models.py': 'class Item:\n    price_cents = 0\n' });
      house.offer(bundle);
      const opening = { sessionId: appId, appId, draft: { digest: bundle.revision, sha256: bundle.bundleSha256 } };
      const session = await sessions.open(opening);
      const editor = await openEditor(session);
      editor.open('from models import Item\n\nItem.\n');
      expect(await editor.complete(2, 5)).toContain('price_cents');
      const agent = await house.findAgent(appId);
      const servers = await listLanguageServers(agent, 'ty');
      session.close();
      // One may wait for the next editor.
      await until(() => listLanguageServers(agent, 'ty'), (left) => left.length <= 1 && servers.some((pid) => !left.includes(pid)), 20_000);
      const gap = await sessions.open(opening);
      await openEditor(gap);
      gap.send(JSON.stringify({ jsonrpc: '2.0', method: 'textDocument/didChange', params: { textDocument: { uri: 'file:///app/main.py', version: 2 }, contentChanges: [] } }));
      expect(await gap.ended).toMatchObject({ reason: 'refused', code: 'session_gap' });
      const many = [];
      for (let number = 0; number < 6; number++) many.push(await sessions.open(opening));
      await expect(sessions.open(opening)).rejects.toMatchObject({ name: 'CallRefusedError', code: 'rate_limited' });
      for (const one of many) one.close();
    });

    it('ends a generation that the runtime has left behind, and leaves the newer one alone', async () => {
      const newer = makeBundle(makeApp('newer'));
      house.offer(newer);
      const wanted = { appId, host: appId, generation: 9, envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [], revision: newer.revision, bundleSha256: newer.bundleSha256 };
      await house.runtime.prepare(wanted, never);
      await house.runtime.activate(wanted, never);
      await wishes.deploy(appId, 5, makeApp('older'));
      expect(await wishes.until(appId, (status) => status.phase !== 'working')).toMatchObject({ generation: 5, phase: 'cancelled', serving: { generation: 9 } });
      await wishes.remove(appId, 6);
      expect(await wishes.until(appId, (status) => status.generation === 6)).toMatchObject({ phase: 'cancelled', serving: { generation: 9 } });
      expect(await word()).toBe('newer');
    });

    it('ends with the last of several quick specs', async () => {
      await wishes.live(appId, 1, makeApp('one'));
      for (let generation = 2; generation <= 6; generation++) await wishes.deploy(appId, generation, generation % 2 ? makeApp(`${generation}`) : makeSlowImport(`${generation}`, 1));
      await wishes.deploy(appId, 7, makeApp('last'));
      await wishes.until(appId, (status) => status.generation === 7 && status.phase === 'live');
      expect(await word()).toBe('last');
      expect(wishes.heard(appId).at(-1)).toMatchObject({ generation: 7, phase: 'live' });
    });

    it('ends with the second of two specs when the first one is just switching', async () => {
      await wishes.deploy(appId, 1, makeSlowStart('slow', 1));
      await wishes.until(appId, (status) => status.stages.at(-1)?.name === 'starting');
      await wishes.deploy(appId, 2, makeApp('second'));
      await wishes.until(appId, (status) => status.generation === 2 && status.phase === 'live');
      expect(await word()).toBe('second');
    });

    it.each([
      ['that is no Python', { 'main.py': 'from fastapi import FastAPI\n\napp = FastAPI(\n' }, { reason: 'validation_failed', failure: { phase: 'validate', class: 'syntax', frames: [{ file: 'main.py', line: 3 }] } }],
      ['without an app', { 'main.py': 'x = 1\n' }, { reason: 'validation_failed', failure: { phase: 'validate', class: 'entrypoint' } }],
      ['that raises when it is imported', { 'main.py': appThatRaises }, { reason: 'import_failed', message: 'no such colour: plaid', failure: { phase: 'import', class: 'import', type: 'ValueError', frames: expect.arrayContaining([expect.objectContaining({ file: 'main.py', line: 5 })]), output: expect.arrayContaining(['about to fail']) } }],
      ['that cannot start', { 'main.py': appThatCannotStart }, { reason: 'startup_failed', message: 'the database is away', failure: { phase: 'startup', class: 'startup', type: 'ConnectionError', frames: expect.arrayContaining([expect.objectContaining({ file: 'main.py', line: 8 })]), output: expect.arrayContaining(['connecting']) } }],
    ])('says how code %s failed, while the former revision answers', async (_title, files, expected) => {
      await wishes.live(appId, 1, makeApp('one'));
      const spec = await wishes.deploy(appId, 2, files);
      const failed = await wishes.until(appId, (status) => status.generation === 2 && status.phase !== 'working');
      expect(failed).toMatchObject({ phase: 'failed', health: 'running', serving: { generation: 1 }, message: expect.stringMatching(/./), ...expected });
      expect(failed.stages.every((stage) => stage.endedAt !== undefined)).toBe(true);
      expect(await word()).toBe('one');
      // The server marks what has failed as cancelled: that changes nothing any more.
      await wishes.mark(spec, { cancelled: true });
      await wishes.live(appId, 3, makeApp('three'));
      expect(await word()).toBe('three');
    });

    it('swaps the same code when only the environment is new', async () => {
      house.offerEnvironment(appId, 1, 'live', { variables: { WORD: 'first value' }, secrets: ['WORD'] });
      house.offerEnvironment(appId, 2, 'live', { variables: { WORD: 'second value' }, secrets: ['WORD'] });
      const first = await wishes.deploy(appId, 1, appThatReads, { envVersion: 1 });
      await wishes.until(appId, (status) => status.generation === 1 && status.phase === 'live');
      expect(await word()).toBe('first value');
      const second = await wishes.deploy(appId, 2, appThatReads, { envVersion: 2 });
      await wishes.until(appId, (status) => status.generation === 2 && status.phase === 'live');
      expect([await word(), revisionOf(second) === revisionOf(first)]).toEqual(['second value', true]);
    });

    it('says that there is no environment', async () => {
      await wishes.deploy(appId, 1, appThatReads, { envVersion: 5 });
      expect(await wishes.until(appId, (status) => status.phase !== 'working')).toMatchObject({ phase: 'failed', reason: 'environment_unavailable', message: expect.stringContaining('environment') });
    });

    it('imports a draft for a call with the values that the call names', async () => {
      for (const which of ['live', 'draft'] as const) house.offerEnvironment(appId, 1, which, { variables: { WORD: which }, secrets: [] });
      const draft = makeBundle(`import os\nfrom fastapi import FastAPI\n\napp = FastAPI()\napp.get("/" + os.environ["WORD"])(lambda: None)\n`);
      house.offer(draft);
      const pathsWith = async (values: 'live' | 'draft', sequence: number) => {
        const answer = await wishes.bus.calls.request({
          schema: 1, kind: 'validate', appId, host: appId, envVersion: 1, revision: draft.revision, bundleSha256: draft.bundleSha256,
          dryImport: { session: 's', sequence, withOpenApi: false, values, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [] },
        }, { timeoutMs: 20_000 });
        return answer.kind === 'validate' ? answer.dryImport?.routes.map((route) => route.path) : answer;
      };
      expect(await pathsWith('draft', 1)).toContain('/draft');
      expect(await pathsWith('live', 2)).toContain('/live');
    });

    it('applies settings of sleep that came with the same generation, without a new deployment', async () => {
      const spec = await wishes.live(appId, 1, makeApp('one'));
      const { born } = (await house.visit(appId)).body;
      await wishes.mark(spec, { settings: { exclusive: false, idleFreezeS: 1, idleStopS: null } });
      await wishes.until(appId, (status) => status.health === 'asleep');
      await wishes.mark(spec, { settings: { exclusive: false, idleFreezeS: null, idleStopS: null } });
      expect((await house.visit(appId)).body.born).toBe(born);
    });

    it('lets an app that has gone to sleep be, and the next request brings it back', async () => {
      const spec = await wishes.live(appId, 1, makeApp('one'));
      await wishes.mark(spec, { settings: { exclusive: false, idleFreezeS: null, idleStopS: 1 } });
      await wishes.until(appId, (status) => status.health === 'asleep');
      const said = wishes.heard(appId).length;
      // A look that would bring it back has come and gone when a later wish of another app is served.
      await wishes.mark(spec, { settings: { exclusive: false, idleFreezeS: null, idleStopS: 2 } });
      await wishes.live(`${appId}-other`, 1, makeApp('other'));
      expect(wishes.heard(appId).slice(said).map((status) => status.health)).not.toContain('running');
      expect(await word()).toBe('one');
    });

    it('says that there is no bundle', async () => {
      await wishes.bus.specs.publish(makeSpec(appId, 1, { bundleSha256: 'e'.repeat(64) }));
      expect(await wishes.until(appId, (status) => status.phase !== 'working')).toMatchObject({ phase: 'failed', reason: 'bundle_unavailable', message: expect.stringContaining('e'.repeat(64)) });
    });

    it('cancels what has not switched yet, and the former revision answers', async () => {
      await wishes.live(appId, 1, makeApp('one'));
      const spec = await wishes.deploy(appId, 2, makeSlowImport('two', 1));
      await wishes.until(appId, (status) => status.generation === 2 && status.stages.at(-1)?.name === 'preparing');
      await wishes.mark(spec, { cancelled: true });
      expect(await wishes.until(appId, (status) => status.generation === 2 && status.phase !== 'working')).toMatchObject({ phase: 'cancelled', serving: { generation: 1 } });
      // Also once the runtime has ended what it had begun.
      await wishes.live(`${appId}-after`, 1, makeSlowImport('after', 1.5));
      expect(await word()).toBe('one');
      expect(wishes.heard(appId).at(-1)).toMatchObject({ generation: 2, phase: 'cancelled', serving: { generation: 1 } });
    });

    it('lets a cancel lose to the switch: the status says live, and so does the path of the users', async () => {
      await wishes.live(appId, 1, makeApp('one'));
      const spec = await wishes.deploy(appId, 2, makeSlowStart('two', 1));
      await wishes.until(appId, (status) => status.generation === 2 && status.stages.at(-1)?.name === 'starting');
      await wishes.mark(spec, { cancelled: true });
      expect(await wishes.until(appId, (status) => status.generation === 2 && status.phase !== 'working')).toMatchObject({ phase: 'live', serving: { generation: 2 } });
      expect(await word()).toBe('two');
      expect(await house.runtime.observe(appId)).toMatchObject({ active: { generation: 2 } });
    });

    it('stops an app so that nobody is answered and nothing that is kept is lost, and serves it again when it is wanted', async () => {
      await wishes.live(appId, 1, appThatCounts);
      expect(await word()).toBe(1);
      for (const [generation, isHidden, status] of [[2, false, 503], [4, true, 404]] as const) {
        await wishes.stopApp(appId, generation, isHidden);
        expect(await wishes.until(appId, (said) => said.generation === generation)).toMatchObject({ phase: 'stopped', health: 'stopped' });
        expect((await wishes.until(appId, (said) => said.generation === generation)).serving).toBeUndefined();
        await until(async () => (await house.visit(appId)).status, (found) => found === status);
        await wishes.live(appId, generation + 1, appThatCounts);
        // Where its folder is kept, it finds there what it wrote before.
        expect(await word()).toBe(!house.keepsFolders ? 1 : generation === 2 ? 2 : 3);
      }
      await wishes.stopApp(`${appId}-never`, 1);
      expect(await wishes.until(`${appId}-never`, () => true)).toMatchObject({ phase: 'stopped' });
    });

    it('removes an app, also twice and also one that never was', async () => {
      await wishes.live(appId, 1, makeApp('one'));
      await wishes.remove(appId, 2);
      expect(await wishes.until(appId, (status) => status.generation === 2)).toMatchObject({ phase: 'removed', health: 'stopped' });
      await until(async () => (await house.visit(appId)).status, (status) => status === 404);
      await wishes.remove(appId, 2);
      await wishes.remove(`${appId}-never`, 1);
      expect(await wishes.until(`${appId}-never`, () => true)).toMatchObject({ phase: 'removed' });
      expect(await house.runtime.observe(appId)).toBeUndefined();
    });

    it('says that a runner was killed, and then that it is back', async () => {
      await wishes.live(appId, 1, makeSlowImport('one', 1));
      const since = wishes.heard(appId).length;
      await house.killRunner(appId);
      expect(await wishes.until(appId, (status) => status.health === 'crashed', since)).toMatchObject({ phase: 'live', generation: 1, crash: { phase: 'running', class: 'killed', message: expect.stringMatching(/./) } });
      const back = await wishes.until(appId, (status) => status.health === 'running', since);
      expect(back).toMatchObject({ phase: 'live', serving: { generation: 1 } });
      expect(back.crash).toBeUndefined();
      expect(await word()).toBe('one');
    });

    it('brings back by itself what the runtime has lost', async () => {
      await wishes.live(appId, 1, makeApp('one'));
      const since = wishes.heard(appId).length;
      await house.lose(appId, 1);
      expect(await wishes.until(appId, (status) => status.health === 'running', since)).toMatchObject({ phase: 'live', serving: { generation: 1 } });
      expect(await until(word, (found) => found === 'one')).toBe('one');
    });

    it('passes over a spec that it cannot read', async () => {
      await wishes.bus.specs.publish({ ...makeSpec(`${appId}-odd`, 1), schema: 99 } as never);
      await wishes.live(appId, 1, makeApp('one'));
      expect(wishes.heard(`${appId}-odd`)).toEqual([]);
    });

    it('answers calls about itself and about a draft', async () => {
      expect(await wishes.bus.calls.request({ schema: 1, kind: 'ping' }, { timeoutMs: 10_000 })).toEqual({ schema: 1, kind: 'ping', runtime: await house.runtime.describe() });
      const draft = makeBundle('import nowhere_to_be_found\n');
      house.offer(draft);
      const answer = await wishes.bus.calls.request({ schema: 1, kind: 'validate', appId, host: 'a', envVersion: 0, revision: draft.revision, bundleSha256: draft.bundleSha256 }, { timeoutMs: 10_000 });
      expect(answer).toMatchObject({ kind: 'validate', findings: expect.arrayContaining([expect.objectContaining({ file: 'main.py', start: { line: 1, column: expect.any(Number) }, message: expect.stringContaining('nowhere_to_be_found') })]) });
      expect(await wishes.bus.calls.request({ schema: 1, kind: 'validate', appId, host: 'a', envVersion: 0, revision: 'sha256:none', bundleSha256: 'd'.repeat(64) }, { timeoutMs: 10_000 })).toMatchObject({ kind: 'refused', message: expect.stringContaining('d'.repeat(64)) });
    });

    it('says once what reading and importing a draft have both shown', async () => {
      const draft = makeBundle('from fastapi import FastAPI\n\napp = FastAPI()\nword = wrod\n');
      house.offer(draft);
      const dryImport = { session: 'somebody/editor-2', sequence: 1, withOpenApi: false, values: 'draft' as const, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [] };
      const answer = await wishes.bus.calls.request({ schema: 1, kind: 'validate', appId, host: 'a', envVersion: 0, revision: draft.revision, bundleSha256: draft.bundleSha256, dryImport }, { timeoutMs: 20_000 });
      expect(answer.kind === 'validate' && answer.findings.map(({ severity, message, start, end }) => [severity, message, start, end])).toEqual([['error', "NameError: name 'wrod' is not defined", { line: 4, column: 8 }, { line: 4, column: 12 }]]);
    });

    it('prepares a draft for its newest editor state, and says of an older one that it was dropped', async () => {
      const check = async (source: string, sequence: number) => {
        const draft = makeBundle(source);
        house.offer(draft);
        const dryImport = { session: 'somebody/editor-1', sequence, withOpenApi: false, values: 'draft' as const, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [] };
        const answer = await wishes.bus.calls.request({ schema: 1, kind: 'validate', appId, host: 'a', envVersion: 0, revision: draft.revision, bundleSha256: draft.bundleSha256, dryImport }, { timeoutMs: 20_000 });
        return answer.kind === 'validate' ? answer.dryImport : answer;
      };
      const source = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/new")\ndef read(): ...\n';
      expect(await check(source, 2)).toMatchObject({ prepared: true, routes: [{ method: 'GET', path: '/new' }] });
      expect(await check(`${source}# older\n`, 1)).toMatchObject({ prepared: false, dropped: true, routes: [] });
    });
  });
}
