import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call, CallAnswer } from '@fapi/runner-controller/work';
import type { Finding, Fix, TestRun } from '@fapi/sdk/contract';
import { startSystem, type System } from '../../server/test/parts/system.ts';
import { openDesk, textOf } from './desk.ts';

let system: System;
let findings: Finding[] = [];
let runTests: (call: Extract<Call, { kind: 'test' }>) => Promise<Omit<TestRun, 'draftVersion' | 'digest'>>;
const serving = new AbortController();

beforeAll(async () => {
  system = await startSystem();
  // The runner of these tests.
  void system.bus.calls.serve(async (call): Promise<CallAnswer> => {
    if (call.kind === 'validate') return { schema: 1, kind: 'validate', findings, durationMs: 1 };
    return call.kind === 'test' ? { schema: 1, kind: 'test', run: await runTests(call) } : { schema: 1, kind: 'refused', code: 'none', message: 'not played here' };
  }, serving.signal);
});
afterAll(async () => {
  await system?.stop();
  serving.abort();
});

const place = (line: number, column: number) => ({ line, column });
const edit = (file: string, line: number, from: number, to: number, text: string): Fix['edits'][number] => ({ file, start: place(line, from), end: place(line, to), text });
const fixOf = (...edits: Fix['edits']): Fix => ({ title: 'Mend', applicability: 'safe', edits });

describe('a fix', () => {
  it('makes all its edits at once, in every file, at columns of code points', async () => {
    const { store, see } = await openDesk(system);
    store.edit('main.py', 'a = "🎈" + b\nb = 2\n');
    await see(({ validation }) => validation === 'done');
    expect(store.applyFix(fixOf(edit('main.py', 1, 11, 12, 'c'), edit('main.py', 2, 1, 2, 'c'), edit('b.py', 1, 1, 2, 'c'), edit('main.py', 3, 1, 1, 'end = 1\n')))).toBe(true);
    expect(textOf(store.snapshot)).toBe('a = "🎈" + c\nc = 2\nend = 1\n');
    expect(textOf(store.snapshot, 'b.py')).toBe('c = 1\n');
    expect([...store.snapshot.dirtyPaths].toSorted()).toEqual(['b.py', 'main.py']);
  });

  it('makes none of them when one of its files has changed since, is gone, or two edits overlap', async () => {
    const { store, see } = await openDesk(system);
    await see(({ validation }) => validation === 'done');
    expect(store.applyFix(fixOf(edit('b.py', 1, 1, 4, 'x'), edit('b.py', 1, 2, 5, 'y')))).toBe(false);
    expect(store.applyFix(fixOf(edit('b.py', 1, 1, 2, 'x'), edit('none.py', 1, 1, 2, 'x')))).toBe(false);
    store.edit('main.py', '# moved\na = 1\n');
    expect(store.applyFix(fixOf(edit('b.py', 1, 1, 2, 'x'), edit('main.py', 1, 1, 2, 'x')))).toBe(false);
    expect(textOf(store.snapshot, 'b.py')).toBe('b = 1\n');
    expect(textOf(store.snapshot)).toBe('# moved\na = 1\n');
  });
});

describe('the tests of a draft', () => {
  const run = { passed: 2, failed: 1, skipped: 0, output: ['1 failed'], outputDropped: 0, durationMs: 5, findings: [{ code: 'TST001', severity: 'error' as const, source: 'tests', file: 'tests/test_a.py', start: place(3, 1), end: place(3, 1), message: 'test_b: assert 1 == 2' }] };

  it('are run on what is typed, without saving it, and their failures are told apart from the findings', async () => {
    const { store, other, app, see } = await openDesk(system);
    await see(({ validation }) => validation === 'done');
    const revisions: string[] = [];
    runTests = async ({ revision, select }) => (revisions.push(revision, ...select), run);
    await store.test();
    expect(store.snapshot.tests).toMatchObject({ state: 'done', run, error: undefined });
    expect(store.snapshot.findings).toEqual([]);
    const isCurrent = (): boolean => store.snapshot.tests.isCurrent;
    const before = store.snapshot.files.find(({ path }) => path === 'main.py')?.content;
    expect(isCurrent()).toBe(true);
    store.edit('main.py', 'a = 2\n');
    expect(isCurrent()).toBe(false);
    store.edit('main.py', before!);
    expect(isCurrent()).toBe(true);
    store.edit('main.py', 'a = 2\n');
    await store.test(['tests/test_a.py']);
    expect(isCurrent()).toBe(true);
    expect(revisions[1]).not.toBe(revisions[0]);
    expect(revisions[2]).toBe('tests/test_a.py');
    expect((await other.drafts.read(app.id)).version).toBe(1);
  });

  it('that are cancelled leave the run before as the last one', async () => {
    const { store } = await openDesk(system);
    runTests = async () => run;
    await store.test();
    const [begun, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    runTests = async () => {
      begun.resolve();
      await going.promise;
      return { ...run, passed: 99 };
    };
    const second = store.test();
    expect(store.snapshot.tests).toMatchObject({ state: 'running', run });
    await begun.promise;
    store.cancelTest();
    going.resolve();
    await second;
    expect(store.snapshot.tests).toMatchObject({ state: 'done', run });
  });

  it('that nobody could run are a state with the reason, and not an error of the page', async () => {
    const { store } = await openDesk(system);
    runTests = async () => Promise.reject(new Error('the agent is away'));
    await store.test();
    expect(store.snapshot).toMatchObject({ error: undefined, tests: { state: 'failed', run: undefined, error: { code: 'runner_unavailable' } } });
  });
});
