import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallAnswer } from '@fapi/runner-controller/work';
import type { Finding } from '@fapi/sdk/contract';
import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import { startSystem, type System } from '../../server/test/parts/system.ts';
import { openDesk } from './desk.ts';

let system: System;
let findings: Finding[] = [];
const serving = new AbortController();

beforeAll(async () => {
  system = await startSystem();
  // The runner of these tests.
  void system.bus.calls.serve(async (call): Promise<CallAnswer> => (call.kind === 'validate' ? { schema: 1, kind: 'validate', findings, durationMs: 1 } : { schema: 1, kind: 'refused', code: 'none', message: 'not played here' }), serving.signal);
});
afterAll(async () => {
  await system?.stop();
  serving.abort();
});

const found = (file: string, line: number, from: number, to = from): Finding => ({ code: 'X1', severity: 'warning', source: 'ruff', file, start: { line, column: from }, end: { line, column: to }, message: 'is odd' });
const placesOf = ({ findings: those }: AppSnapshot): (string | number)[][] => those.map(({ file, start, end }) => [file, start.line, start.column, ...(end.line === start.line ? [] : [end.line]), end.column]);
const text = 'one = 1\ntwo = "🎈" + b\n\nthree = c\nfour = 4\n';

/** A draft of this text, checked. */
async function openChecked(those: Finding[]): Promise<{ store: AppStore; see: Awaited<ReturnType<typeof openDesk>>['see'] }> {
  findings = those;
  const { store, see } = await openDesk(system);
  store.edit('main.py', text);
  await see((snapshot) => snapshot.areFindingsCurrent && snapshot.validation === 'done');
  return { store, see };
}

describe('what was found in a text that has changed since', () => {
  const two = found('main.py', 2, 7, 10);
  const rows: [string, string, (string | number)[][]][] = [
    ['stays where nothing before it has changed', text.replace('four = 4', 'four = 44\nfive = 5'), [['main.py', 2, 7, 10]]],
    ['moves down with its line', `# new\n${text}`, [['main.py', 3, 7, 10]]],
    ['moves up with its line', text.slice('one = 1\n'.length), [['main.py', 1, 7, 10]]],
    ['moves within its line, by letters as people count them', text.replace('two = ', '🎈two = '), [['main.py', 2, 8, 11]]],
    ['moves to another line with what is behind a break', text.replace('= "', '=\n  "'), [['main.py', 3, 3, 6]]],
    ['grows with what is typed into it', text.replace('🎈', '🎈a'), [['main.py', 2, 7, 11]]],
    ['is pushed by what is typed at its start', text.replace('"🎈"', 'a"🎈"'), [['main.py', 2, 8, 11]]],
    ['is as long as before when something is typed at its end', text.replace('" +', '"c +'), [['main.py', 2, 7, 10]]],
    ['goes with its text', text.replace('"🎈" + ', ''), []],
    ['goes with its line', text.replace('two = "🎈" + b\n', ''), []],
    ['moves with its line, under another that begins alike', text.replace('two', 'two = 2\ntwo'), [['main.py', 3, 7, 10]]],
  ];
  it.each(rows)('%s', async (_title, changed, expected) => {
    const { store } = await openChecked([two]);
    store.edit('main.py', changed);
    expect(store.snapshot.areFindingsCurrent).toBe(false);
    expect(placesOf(store.snapshot)).toEqual(expected);
  });

  it('that is a point stays at the edge of what was taken away, and goes with its line', async () => {
    const { store } = await openChecked([found('main.py', 4, 1), found('main.py', 4, 9)]);
    store.edit('main.py', text.replace('three = c', 'three = '));
    expect(placesOf(store.snapshot)).toEqual([['main.py', 4, 1, 1], ['main.py', 4, 9, 9]]);
    store.edit('main.py', text.replace('three = c\n', ''));
    expect(placesOf(store.snapshot)).toEqual([]);
  });

  it('is left alone in other files and for the project, and goes with its file', async () => {
    const { store } = await openChecked([found('b.py', 1, 1, 2), found('', 1, 1), found('main.py', 1, 1, 4)]);
    const before = store.snapshot.findings;
    store.edit('main.py', `${text}# end\n`);
    expect(store.snapshot.findings).toBe(before);
    store.removeFile('main.py');
    expect(placesOf(store.snapshot)).toEqual([['b.py', 1, 1, 2], ['', 1, 1, 1]]);
  });

  it('is the newest verdict again after the next check', async () => {
    const { store, see } = await openChecked([two]);
    findings = [found('main.py', 1, 1, 4)];
    store.edit('main.py', `# new\n${text}`);
    expect(placesOf(await see((snapshot) => snapshot.areFindingsCurrent))).toEqual([['main.py', 1, 1, 4]]);
  });

  it('is marked as such while nobody can check', async () => {
    findings = [two];
    const { store, gate, see } = await openDesk(system);
    store.edit('main.py', text);
    await see((snapshot) => snapshot.areFindingsCurrent);
    gate.refuse(/validate/, 'runner_unavailable');
    store.edit('main.py', `# new\n${text}`);
    expect(await see(({ validation }) => validation === 'unavailable')).toMatchObject({ areFindingsCurrent: false, findings: [{ start: { line: 3 } }] });
    await see((snapshot) => snapshot.areFindingsCurrent);
  });
});
