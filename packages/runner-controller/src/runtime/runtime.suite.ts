import { limitBounds } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appInOneFile, appThatCannotStart, appThatNeverEndsToSayWhoItIs, appThatRaises, appThatReads, appThatTellsItsLimits, type Bundle, makeApp, makeOwner, makeSlowImport, testThatReads } from '../test-parts/bundles.ts';
import { follow } from '../test-parts/follow.ts';
import { until } from '../test-parts/until.ts';
import type { Visit } from '../test-parts/visit.ts';
import { offerWanted } from '../test-parts/wanted.ts';
import type { EnvironmentValues } from '../work/environments.ts';
import { describeEgress } from './egress.suite.ts';
import { describeLanguage } from './language.suite.ts';
import { type Runtime, RuntimeUnavailableError, StaleError, UserCodeError, type Wanted } from './runtime.ts';

/** A runtime of its own, with the bundles that its server has, and the path that users take. */
export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  /** What an app has written is there again after a stop. */
  readonly keepsFolders: boolean;
  /** Puts a bundle where the runtime fetches it. */
  offer(bundle: Bundle): void;
  /** Puts the values of one version of an app's environment there. */
  offerEnvironment(appId: string, version: number, values: 'live' | 'draft', environment: EnvironmentValues): void;
  visit(host: string, path?: string): Promise<Visit>;
  /** Process of the agent where the app is edited. */
  findAgent(appId: string): Promise<number>;
  /** SIGKILL to the process that serves the app. */
  killRunner(appId: string): Promise<void>;
  /** Has apps be connected outwards where a program of its own does that; resolves when it does. */
  openWayOut(): Promise<void>;
  /** Takes the app away behind the controller's back. */
  lose(appId: string, generation: number): Promise<void>;
  close(): Promise<void>;
}

export type OpenRuntime = () => Promise<RuntimeUnderTest>;

const never = new AbortController().signal;

/** What every adapter of the runtime promises. */
export function describeRuntime(title: string, open: OpenRuntime): void {
  describe(`the runtime: ${title}`, () => {
    let house: RuntimeUnderTest;
    let runtime: Runtime;
    let count = 0;
    let appId: string;
    beforeAll(async () => {
      house = await open();
      runtime = house.runtime;
    });
    afterAll(() => house?.close());
    /** An app of its own for each test. */
    const begin = (): string => (appId = `app-${++count}`);
    const want = (generation: number, files: string | Record<string, string>): Wanted => offerWanted(house, appId, generation, files);
    const serve = async (wanted: Wanted): Promise<void> => {
      await runtime.prepare(wanted, never);
      await runtime.activate(wanted, never);
    };

    it('says what it is', async () => {
      expect(await runtime.describe()).toEqual({ kind: expect.stringMatching(/^[a-z]+$/), isolation: { level: expect.any(Number), layers: expect.any(Array) }, python: expect.stringMatching(/^3\./), stack: expect.objectContaining({ fastapi: expect.any(String) }), packages: expect.objectContaining({ fastapi: expect.any(String), httpx: expect.any(String) }) });
      expect(runtime.problem()).toBeUndefined();
    });

    it('knows nothing of an app that never came', async () => {
      expect(await runtime.observe('stranger')).toBeUndefined();
      expect(await runtime.observe('stranger')).toBeUndefined();
      expect((await house.visit('stranger')).status).toBe(404);
    });

    it('prepares, then activates, and is then seen on the path of the users', async () => {
      begin();
      const wanted = want(1, makeApp('one'));
      expect((await runtime.prepare(wanted, never)).durationMs).toBeGreaterThan(0);
      expect(await runtime.observe(appId)).toMatchObject({ active: undefined, candidate: { generation: 1, revision: wanted.revision } });
      expect((await runtime.activate(wanted, never)).durationMs).toBeGreaterThan(0);
      expect(await runtime.observe(appId)).toEqual({ appId, active: { generation: 1, revision: wanted.revision }, candidate: undefined, health: 'running', failure: undefined });
      expect(await runtime.usage(appId)).toEqual({ memoryBytes: expect.toSatisfy((bytes: number) => bytes > 1_000_000), folderBytes: expect.any(Number) });
      expect(await runtime.usage('stranger')).toEqual({});
      expect(await runtime.verify(wanted, never)).toEqual({ generation: 1, revision: wanted.revision });
      expect(await runtime.observe(appId)).toBeDefined();
      expect(await house.visit(appId)).toMatchObject({ status: 200, body: { word: 'one' }, revision: wanted.revision });
    });

    it('does nothing when the same acts are asked for again', async () => {
      begin();
      const wanted = want(1, makeApp('one'));
      await serve(wanted);
      const { body } = await house.visit(appId);
      await serve(wanted);
      await runtime.activate(wanted, never);
      expect((await house.visit(appId)).body.born).toBe(body.born);
      expect(await runtime.observe(appId)).toMatchObject({ candidate: undefined });
    });

    it('is not held up by an app that has taken the place of our own answer and never ends it', async () => {
      begin();
      const wanted = want(1, appThatNeverEndsToSayWhoItIs);
      await serve(wanted);
      await expect(runtime.verify(wanted, never)).rejects.toThrow(/more than 4096 bytes|no whole answer/);
      await serve(want(2, makeApp('two')));
      expect((await house.visit(appId)).body.word).toBe('two');
    });

    it('replaces what serves, and refuses an older generation whatever it asks', async () => {
      begin();
      const [first, second, third] = [want(1, makeApp('one')), want(2, makeApp('two')), want(3, makeApp('three'))];
      await serve(first);
      await serve(third);
      expect((await house.visit(appId)).body.word).toBe('three');
      await expect(runtime.prepare(second, never)).rejects.toThrow(StaleError);
      await expect(runtime.activate(first, never)).rejects.toThrow(StaleError);
      await expect(runtime.remove(appId, 2)).rejects.toThrow(StaleError);
      expect((await house.visit(appId)).body.word).toBe('three');
      expect(await runtime.observe(appId)).toMatchObject({ active: { generation: 3, revision: third.revision } });
    });

    it('finds everything that is wrong without running it where it would serve', async () => {
      begin();
      expect(await runtime.validate(want(1, makeApp('one')), never)).toEqual({ findings: [], durationMs: expect.any(Number) });
      const { findings } = await runtime.validate(want(2, { 'main.py': 'def broken(:\n', 'other.py': 'x = = 1\n' }), never);
      expect(findings.filter((finding) => finding.severity === 'error').map((finding) => `${finding.file}:${finding.start.line}`).toSorted()).toEqual(expect.arrayContaining(['main.py:1', 'other.py:1']));
      expect(await runtime.observe(appId)).toBeUndefined();
      // Of which no app is made yet: under the key of a workspace, as the server asks.
      const ofNoApp = { ...want(1, { 'main.py': 'def broken(:\n' }), appId: 'workspace:default' };
      expect((await runtime.validate(ofNoApp, never)).findings.map((finding) => finding.file)).toContain('main.py');
      expect(await runtime.observe('workspace:default')).toBeUndefined();
    });

    it('gives an app the live values of its environment, and masks the secret ones in what it prints', async () => {
      begin();
      house.offerEnvironment(appId, 1, 'live', { variables: { WORD: 'live-word' }, secrets: ['WORD'] });
      const items = follow((signal) => runtime.items(signal));
      await serve({ ...want(1, appThatReads), envVersion: 1 });
      expect((await house.visit(appId)).body.word).toBe('live-word');
      await house.visit(appId, '/say');
      const lines = () => items.seen.flatMap((item) => item.kind === 'log' && item.value.appId === appId ? item.value.lines.map((line) => line.text) : []);
      expect(await until(() => lines().find((text) => text.startsWith('the word is')))).not.toContain('live-word');
      await items.stop();
    });

    it('swaps the same revision for itself when only the environment changes', async () => {
      begin();
      house.offerEnvironment(appId, 1, 'live', { variables: { WORD: 'one' }, secrets: [] });
      house.offerEnvironment(appId, 2, 'live', { variables: { WORD: 'two' }, secrets: [] });
      await serve({ ...want(1, appThatReads), envVersion: 1 });
      const { body } = await house.visit(appId);
      await serve({ ...want(2, appThatReads), envVersion: 2 });
      const after = (await house.visit(appId)).body;
      expect([body.word, after.word, after.born === body.born]).toEqual(['one', 'two', false]);
    });

    it('rejects as the fetch does when there is no such environment, and nothing is prepared', async () => {
      begin();
      await expect(runtime.prepare({ ...want(1, appThatReads), envVersion: 7 }, never)).rejects.toMatchObject({ name: 'NotServedError', what: 'environment' });
      expect((await runtime.observe(appId))?.candidate).toBeUndefined();
    });

    it('serves the live values, whatever a draft of the same revision was imported with', async () => {
      begin();
      for (const [generation, values] of [[1, 'live'], [2, 'draft']] as const) {
        for (const which of ['live', 'draft'] as const) house.offerEnvironment(appId, generation, which, { variables: { WORD: which }, secrets: [] });
        const wanted = { ...want(generation, appThatReads), envVersion: generation };
        expect(await runtime.dryImport(wanted, { session: 'editor', sequence: generation, values }, never)).toMatchObject({ prepared: true });
        await serve(wanted);
        expect((await house.visit(appId)).body.word).toBe('live');
      }
    });

    it('hands the grants to connect outwards to whoever starts the app', async () => {
      begin();
      // Nobody can grant such a port: only who was given the list can refuse it.
      await expect(runtime.prepare({ ...want(1, makeApp('one')), egress: [{ host: '10.0.0.1', port: 70_000 }] }, never)).rejects.toThrow(/egress/);
      await expect(runtime.dryImport({ ...want(1, makeApp('one')), egress: [{ host: '10.0.0.1', port: 70_000 }] }, { session: 's', sequence: 1, values: 'draft' }, never)).rejects.toThrow(/egress/);
    });

    it('hands the limits to whoever starts the app, and those of every app are what the contract says', async () => {
      begin();
      const files = appThatTellsItsLimits;
      const { memoryMiB, folderMiB } = limitBounds;
      await serve(want(1, files));
      expect((await house.visit(appId)).body).toEqual({ memoryMiB: memoryMiB.default, fileMiB: folderMiB.default });
      await serve({ ...want(2, files), limits: { memoryMiB: 256, folderMiB: 1_024 } });
      expect((await house.visit(appId)).body).toEqual({ memoryMiB: 256, fileMiB: 1_024 });
      // One that was imported ahead with others is not taken.
      const wanted = { ...want(3, files), limits: { memoryMiB: 300, folderMiB: null } };
      await runtime.dryImport(wanted, { session: 'editor', sequence: 1, values: 'live' }, never);
      await serve({ ...wanted, limits: { memoryMiB: 301, folderMiB: null } });
      expect((await house.visit(appId)).body).toEqual({ memoryMiB: 301, fileMiB: folderMiB.default });
    });

    it('tests a revision with the values for drafts', async () => {
      begin();
      house.offerEnvironment(appId, 1, 'live', { variables: { WORD: 'live' }, secrets: [] });
      house.offerEnvironment(appId, 1, 'draft', { variables: { WORD: 'draft' }, secrets: [] });
      const run = await runtime.test({ ...want(1, { 'main.py': appThatReads, 'tests/test_word.py': testThatReads }), envVersion: 1 }, { select: [], deadlineMs: 30_000 }, never);
      expect(run).toMatchObject({ passed: 1, failed: 0 });
    });

    it('has one test run of an app at a time, says that it is busy, and ends what nobody waits for', async () => {
      begin();
      house.offerEnvironment(appId, 1, 'draft', { variables: { WORD: 'draft' }, secrets: [] });
      const sleeps = { ...want(1, { 'main.py': appThatReads, 'tests/test_sleep.py': 'import time\n\ndef test_sleeps():\n    time.sleep(1000)\n' }), envVersion: 1 };
      const quick = { ...want(2, { 'main.py': appThatReads, 'tests/test_word.py': testThatReads }), envVersion: 1 };
      const leaving = new AbortController();
      const asked = runtime.test(sleeps, { select: [], deadlineMs: 120_000 }, leaving.signal);
      await until(() => runtime.test(quick, { select: [], deadlineMs: 1_000 }, never).then(() => 'done', (error: Error) => error.name), (name) => name === 'WorkbenchBusyError');
      leaving.abort(new Error('the tab was closed'));
      await expect(asked).rejects.toThrow('the tab was closed');
      expect(await runtime.test(quick, { select: [], deadlineMs: 30_000 }, never)).toMatchObject({ passed: 1, failed: 0 });
    });

    it('converts a revision with the values for drafts, and says of another why not', async () => {
      begin();
      house.offerEnvironment(appId, 1, 'live', { variables: {}, secrets: [] });
      house.offerEnvironment(appId, 1, 'draft', { variables: { WORD: 'draft' }, secrets: [] });
      const plan = await runtime.convert({ ...want(1, { 'main.py': appInOneFile }), envVersion: 1 }, never);
      expect(plan).toMatchObject({ routes: 1, kept: [], files: expect.arrayContaining([{ path: 'routers/words.py', pieces: expect.any(Array) }]) });
      const { revision, bundleSha256 } = want(2, 'from fastapi import FastAPI\n\napp = FastAPI()\n');
      expect(await runtime.convert({ appId, revision, bundleSha256, envVersion: 1 }, never)).toMatchObject({ refused: { file: 'main.py', line: expect.any(Number), message: expect.any(String) } });
    });

    it('lets an app that nobody asks for sleep as its settings say, and the next request wakes it', async () => {
      begin();
      const wanted = want(1, makeApp('one'));
      await serve({ ...wanted, settings: { ...wanted.settings, idleFreezeS: 1 } });
      const { born } = (await house.visit(appId)).body;
      await until(() => runtime.observe(appId), (seen) => seen?.health === 'asleep', 20_000);
      expect((await house.visit(appId)).body.born).toBe(born);
      await until(() => runtime.observe(appId), (seen) => seen?.health === 'running');
    });

    it('applies settings of sleep to what serves, and none to an app that is not here', async () => {
      begin();
      await serve(want(1, makeApp('one')));
      await runtime.applySettings(appId, { exclusive: false, idleFreezeS: 1, idleStopS: null });
      await until(() => runtime.observe(appId), (seen) => seen?.health === 'asleep', 20_000);
      await runtime.applySettings('never-was', { exclusive: false, idleFreezeS: 1, idleStopS: null });
      expect(await runtime.observe('never-was')).toBeUndefined();
    });

    it('ends the former one before an exclusive one starts', async () => {
      begin();
      const settings = { exclusive: true, idleFreezeS: null, idleStopS: null };
      await serve({ ...want(1, makeOwner('one')), settings });
      await serve({ ...want(2, makeOwner('two')), settings });
      expect((await house.visit(appId)).body).toEqual({ word: 'two', found: ['one starts', 'one ends', 'two starts'] });
    });

    it('says how an import failed, and the former revision goes on', async () => {
      begin();
      await serve(want(1, makeApp('one')));
      const broken = want(2, appThatRaises);
      const error = await runtime.prepare(broken, never).catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(UserCodeError);
      expect((error as UserCodeError).report).toMatchObject({ phase: 'import', class: 'import', type: 'ValueError', message: 'no such colour: plaid', output: expect.arrayContaining(['about to fail']) });
      expect((error as UserCodeError).report.frames.at(-1)).toMatchObject({ file: 'main.py', line: 5 });
      expect((await house.visit(appId)).body.word).toBe('one');
      await until(() => runtime.observe(appId), (seen) => seen?.failure !== undefined);
      expect(await runtime.observe(appId)).toMatchObject({ active: { generation: 1 }, candidate: undefined, health: 'running', failure: { generation: 2 } });
    });

    it('says how a startup failed, and the former revision goes on', async () => {
      begin();
      await serve(want(1, makeApp('one')));
      const broken = want(2, appThatCannotStart);
      await runtime.prepare(broken, never);
      const error = await runtime.activate(broken, never).catch((failure: unknown) => failure);
      expect((error as UserCodeError).report).toMatchObject({ phase: 'startup', class: 'startup', type: 'ConnectionError', message: 'the database is away', output: expect.arrayContaining(['connecting']) });
      expect((error as UserCodeError).report.frames.at(-1)).toMatchObject({ file: 'main.py', line: 8 });
      expect((await house.visit(appId)).body.word).toBe('one');
      expect(await runtime.observe(appId)).toMatchObject({ active: { generation: 1 }, candidate: undefined });
    });

    it('does not activate what was not prepared', async () => {
      begin();
      await serve(want(1, makeApp('one')));
      await expect(runtime.activate(want(2, makeApp('two')), never)).rejects.toThrow(RuntimeUnavailableError);
      expect((await house.visit(appId)).body.word).toBe('one');
    });

    it('rejects as the fetch does when there is no such bundle', async () => {
      begin();
      const wanted: Wanted = { ...want(1, makeApp('one')), revision: 'sha256:unknown', bundleSha256: 'f'.repeat(64) };
      await expect(runtime.prepare(wanted, never)).rejects.toMatchObject({ name: 'NotServedError', what: 'bundle' });
      await expect(runtime.validate(wanted, never)).rejects.toMatchObject({ name: 'NotServedError', what: 'bundle' });
      expect(await runtime.observe(appId)).toBeUndefined();
    });

    it('stops waiting by the signal, with its reason', async () => {
      begin();
      const wanted = want(1, makeSlowImport('one', 3));
      const stop = new AbortController();
      const preparing = runtime.prepare(wanted, stop.signal);
      await until(() => runtime.observe(appId));
      stop.abort(new Error('a newer wish came'));
      await expect(preparing).rejects.toThrow('a newer wish came');
      await expect(runtime.activate(wanted, AbortSignal.abort(new Error('gone before')))).rejects.toThrow('gone before');
    });

    it('removes an app for good: an older wish that comes late does not bring it back', async () => {
      begin();
      const wanted = want(1, makeApp('one'));
      await serve(wanted);
      await runtime.remove(appId, 2);
      await runtime.remove(appId, 2);
      expect(await runtime.observe(appId)).toBeUndefined();
      expect(await runtime.observe(appId)).toBeUndefined();
      await until(async () => (await house.visit(appId)).status, (status) => status === 404);
      await expect(runtime.prepare(wanted, never)).rejects.toThrow(StaleError);
      await serve({ ...wanted, generation: 3 });
      expect((await house.visit(appId)).body.word).toBe('one');
      await runtime.remove('never-was', 1);
    });

    it('tells that an app changed when its runner is killed, and brings it back', async () => {
      begin();
      await serve(want(1, makeApp('one')));
      const { body: before } = await house.visit(appId);
      const changes = follow((signal) => runtime.changes(signal));
      await house.killRunner(appId);
      await until(() => changes.seen.includes(appId));
      const after = await until(() => house.visit(appId), (answer) => answer.status === 200 && answer.body.born !== before.born, 15_000);
      expect(after.body.word).toBe('one');
      await until(() => runtime.observe(appId), (seen) => seen?.health === 'running');
      await changes.stop();
    });

    it('brings what an app prints, and how often it was asked', async () => {
      begin();
      const items = follow((signal) => runtime.items(signal));
      const wanted = want(1, makeApp('one'));
      await serve(wanted);
      await house.visit(appId, '/say/hello-from-the-app');
      const lines = () => items.seen.flatMap((item) => item.kind === 'log' && item.value.appId === appId ? item.value.lines : []);
      expect(await until(() => lines().find((line) => line.text === 'hello-from-the-app'))).toMatchObject({ stream: 'stdout', generation: 1 });
      await until(() => items.seen.some((item) => item.kind === 'metrics' && item.value.appId === appId && item.value.totals.status2xx > 0));
      await items.stop();
      expect(items.isOver()).toBe(true);
    });

    describe('outwards', () => describeEgress(() => ({ house, begin, want })));

    describe('for whoever edits', () => describeLanguage(() => ({ house, begin, want: (files) => want(1, files) })));
  });
}
