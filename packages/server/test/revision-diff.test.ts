import { diffLimits } from '@fapi/sdk/contract';
import { applyPatch } from 'diff';
import { describe, expect, it } from 'vitest';
import { compareDependencies } from '../src/domain/diff/dependencies.ts';
import { compareEnvironments } from '../src/domain/diff/environment.ts';
import { compareFiles, compareText, makeBudget } from '../src/domain/diff/files.ts';

const manifest = (files: Record<string, string>) => Object.entries(files).map(([path, sha256]) => ({ path, sha256 }));

describe('the files of a diff', () => {
  it.each<[string, Record<string, string>, Record<string, string>, unknown[]]>([
    ['are none of the same files', { a: '1', b: '2' }, { b: '2', a: '1' }, []],
    ['are none of nothing', {}, {}, []],
    ['are added', {}, { a: '1' }, [{ path: 'a', change: 'added', toSha256: '1' }]],
    ['are removed', { a: '1' }, {}, [{ path: 'a', change: 'removed', fromSha256: '1' }]],
    ['are changed', { a: '1' }, { a: '2' }, [{ path: 'a', change: 'changed', fromSha256: '1', toSha256: '2' }]],
    ['have moved when the bytes are elsewhere', { a: '1' }, { 'x/b': '1' }, [{ path: 'x/b', change: 'moved', fromPath: 'a', fromSha256: '1', toSha256: '1' }]],
    ['have moved with their name first, of several alike', { 'a/__init__.py': '0', 'a/empty.py': '0' }, { 'b/empty.py': '0', 'b/__init__.py': '0' }, [
      { path: 'b/__init__.py', change: 'moved', fromPath: 'a/__init__.py', fromSha256: '0', toSha256: '0' }, { path: 'b/empty.py', change: 'moved', fromPath: 'a/empty.py', fromSha256: '0', toSha256: '0' }]],
    ['are copied, not moved, while the former is there', { a: '1' }, { a: '1', b: '1' }, [{ path: 'b', change: 'added', toSha256: '1' }]],
    ['move once only', { a: '1' }, { b: '1', c: '1' }, [{ path: 'b', change: 'moved', fromPath: 'a', fromSha256: '1', toSha256: '1' }, { path: 'c', change: 'added', toSha256: '1' }]],
    ['have changed places', { a: '1', b: '2' }, { a: '2', b: '1' }, [{ path: 'a', change: 'changed', fromSha256: '1', toSha256: '2' }, { path: 'b', change: 'changed', fromSha256: '2', toSha256: '1' }]],
    ['are sorted by path', { c: '1', z: '9' }, { b: '2', c: '3' }, [{ path: 'b', change: 'added', toSha256: '2' }, { path: 'c', change: 'changed', fromSha256: '1', toSha256: '3' }, { path: 'z', change: 'removed', fromSha256: '9' }]],
  ])('%s', (_, from, to, expected) => {
    expect(compareFiles(manifest(from), manifest(to))).toEqual(expected);
  });
});

describe('the lines of a file', () => {
  it.each<[string, string | undefined, string | undefined, number, number]>([
    ['that is new', undefined, 'a\nb\n', 2, 0],
    ['that is new and empty', undefined, '', 0, 0],
    ['that is gone', 'a\nb', undefined, 0, 2],
    ['that changed in one line', 'a\nb\nc\n', 'a\nB\nc\n', 1, 1],
    ['that grew at its end', 'a\n', 'a\nb\n', 1, 0],
    ['that lost the end of its last line', 'a\nb\n', 'a\nb', 1, 1],
    ['with Windows line ends', 'a\r\nb\r\n', 'a\nb\n', 2, 2],
    ['in UTF-8', 'ä\n\u{1F600}\n', 'ä\n\u{1F601}\n', 1, 1],
  ])('%s are counted, and the patch makes the one of the other', (_, from, to, addedLines, removedLines) => {
    const found = compareText('a.py', from, to, makeBudget());
    expect(found).toMatchObject({ addedLines, removedLines });
    expect(applyPatch(from ?? '', found.patch!)).toBe(to ?? '');
  });

  it('have no patch when it would be too large, and a diff has a bound of its own', () => {
    const line = `${'x'.repeat(99)}\n`;
    const budget = makeBudget();
    expect(compareText('a.py', undefined, line.repeat(700), budget)).toEqual({ addedLines: 700, removedLines: 0 });
    const patches = Array.from({ length: 20 }, (_, index) => compareText(`${index}.py`, undefined, line.repeat(600), budget).patch?.length ?? 0);
    expect(patches[0]).toBeGreaterThan(60_000);
    expect(patches.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(diffLimits.totalPatchBytes);
    expect(patches.at(-1)).toBe(0);
    expect(compareText('small.py', 'a\n', 'b\n', budget)).toMatchObject({ addedLines: 1, removedLines: 1 });
  });

  it('count as replaced between the common first and last ones, where there is too much to compare', () => {
    const text = (word: string): string => `first\n${Array.from({ length: 3_000 }, (_, index) => `${word} ${index}\n`).join('')}last\n`;
    const budget = makeBudget();
    expect(compareText('a.py', text('one'), text('other'), budget)).toEqual({ addedLines: 3_000, removedLines: 3_000 });
    for (let index = 0; index < 6; index++) compareText('b.py', text('one'), text('other'), budget);
    expect(budget.edits).toBe(0);
    expect(compareText('c.py', 'a\nb\n', 'a\nc\n', budget)).toEqual({ addedLines: 1, removedLines: 1 });
    expect(compareText('d.py', `${'long line\n'.repeat(120_000)}a\n`, `${'long line\n'.repeat(120_000)}b\n`, makeBudget())).toEqual({ addedLines: 1, removedLines: 1 });
  });
});

describe('the environment of a diff', () => {
  const variable = (name: string, value = '', scope: 'live' | 'draft' | 'both' = 'both', secret = false) => ({ name, value, scope, secret });
  it.each<[string, ReturnType<typeof variable>[], ReturnType<typeof variable>[], string[], string[], string[]]>([
    ['is empty for the same', [variable('A', '1')], [variable('A', '1')], [], [], []],
    ['names what came and went, sorted', [variable('B'), variable('A')], [variable('D'), variable('C')], ['C', 'D'], ['A', 'B'], []],
    ['names another value', [variable('A', '1', 'both', true)], [variable('A', '2', 'both', true)], [], [], ['A']],
    ['names another scope, and what is a secret now', [variable('A', '1', 'live'), variable('B', '1')], [variable('A', '1', 'both'), variable('B', '1', 'both', true)], [], [], ['A', 'B']],
    ['takes two scopes of one name as one', [variable('A', '1', 'live')], [variable('A', '1', 'live'), variable('A', '2', 'draft')], [], [], ['A']],
    ['does not mind the order', [variable('A', '1', 'live'), variable('A', '2', 'draft')], [variable('A', '2', 'draft'), variable('A', '1', 'live')], [], [], []],
  ])('%s', (_, from, to, added, removed, changed) => {
    expect(compareEnvironments(from, to)).toEqual({ isKnown: true, added, removed, changed });
  });
});

describe('the dependencies of a diff', () => {
  const side = (requirements = '', project = '') => ({ lock: 'curated', files: [{ path: 'requirements.txt', content: requirements }, { path: 'pyproject.toml', content: project }] });
  it.each<[string, ReturnType<typeof side>, ReturnType<typeof side>, object]>([
    ['are none of the same', side('fastapi\n'), side('fastapi\n'), {}],
    ['come, go and change', side('fastapi>=0.100\nhttpx\n'), side('fastapi>=0.110\nredis==5.0\n'), { added: [{ name: 'redis', to: '==5.0' }], removed: [{ name: 'httpx', from: '' }], changed: [{ name: 'fastapi', from: '>=0.100', to: '>=0.110' }] }],
    ['have one name however it is written', side('Flask_SQLAlchemy == 3\n'), side('flask-sqlalchemy==3 # pinned\n'), {}],
    ['do not mind the order of versions, options, hashes and comments', side('a>=1,<2\n'), side('# all\n-r other.txt\n--index-url https://x.example\na <2, >=1 \\\n  --hash=sha256:00\n'), {}],
    ['know extras, markers and addresses', side('a[x]\nb; python_version<"3"\nc @ https://x.example/1.whl\n'), side('a[x,y]\nb\nc @ https://x.example/2.whl\n'), { changed: [{ name: 'a', from: '[x]', to: '[x,y]' }, { name: 'b', from: '; python_version<"3"', to: '' }, { name: 'c', from: '@ https://x.example/1.whl', to: '@ https://x.example/2.whl' }] }],
    ['are read from pyproject.toml', side('', '[project]\ndependencies = ["a>=1"]\n'), side('', '[project]\ndependencies = [\n  "a>=2", # newer\n  "b",\n]\n'), { added: [{ name: 'b', to: '' }], changed: [{ name: 'a', from: '>=1', to: '>=2' }] }],
    ['say what cannot be read', side(), side('', '[project\n'), { reason: expect.stringContaining('pyproject.toml') }],
    ['pass over what is no requirement', side(), side('./local\nhttps://x.example/a.whl\n???\n', '[project]\ndependencies = "a"\n'), {}],
  ])('%s', (_, from, to, expected) => {
    expect(compareDependencies(from, to)).toEqual({ fromLock: 'curated', toLock: 'curated', added: [], removed: [], changed: [], ...expected });
  });
});
