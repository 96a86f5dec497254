import { describe, expect, it } from 'vitest';
import { mergeFiles, planMerge, replacements } from '@fapi/sdk/workspace';

const files = (texts: Record<string, string>) => Object.entries(texts).map(([path, content]) => ({ path, content }));
const plan = (base: Record<string, string>, mine: Record<string, string>, theirs: Record<string, string>) => planMerge({ base: files(base), mine: files(mine), theirs: files(theirs) });
const long = 'import os\n\n\ndef read():\n    return os.name\n\n\ndef write():\n    return None\n';

describe('a plan of a merge', () => {
  it('leaves what is no text to a person as a whole, and takes it where one side alone has changed it; a merge without a person keeps both', () => {
    const png = (content: string) => ({ path: 'a.png', content, encoding: 'base64' as const });
    const sides = { base: [png('AAA=')], mine: [png('AAE=')], theirs: [png('AAI=')] };
    expect(planMerge(sides)).toEqual({ clean: [], brought: [], conflicts: [{ kind: 'binary', path: 'a.png', mine: png('AAE='), theirs: png('AAI=') }] });
    expect(planMerge({ ...sides, mine: sides.base })).toEqual({ clean: [png('AAI=')], brought: ['a.png'], conflicts: [] });
    expect(mergeFiles(sides)).toEqual({ files: [png('AAE='), { ...png('AAI='), path: 'a.png.theirs' }], conflicts: ['a.png'] });
  });

  it('is clean where nothing is disputed, and names what theirs brings', () => {
    expect(plan({ a: 'a\n', b: 'b\n', gone: 'g\n' }, { a: 'A\n', b: 'b\n', gone: 'g\n' }, { a: 'a\n', b: 'B\n', new: 'n\n' }))
      .toEqual({ clean: files({ a: 'A\n', b: 'B\n', new: 'n\n' }), brought: ['b', 'gone', 'new'], conflicts: [] });
  });

  it('cuts a disputed file into pieces that are each side again', () => {
    const [base, mine, theirs] = ['a\nb\nc\nd\n', 'a\nM\nc\nD\n', 'A\nT\nc\nd\n'];
    const { conflicts: [conflict] } = plan({ a: base }, { a: mine }, { a: theirs });
    if (conflict?.kind !== 'text') throw new Error('no text');
    expect((['base', 'mine', 'theirs'] as const).map((side) => conflict.pieces.map((piece) => piece[side]).join(''))).toEqual([base, mine, theirs]);
    expect(conflict.pieces.map(({ merged }) => merged)).toEqual([undefined, 'c\n', 'D\n']);
  });

  it.each([
    ['mine has deleted what theirs has changed', { a: 'a\n' }, {}, { a: 'A\n' }, { kind: 'removed', path: 'a', mine: undefined, theirs: { path: 'a', content: 'A\n' } }],
    ['theirs has deleted what mine has changed', { a: 'a\n' }, { a: 'A\n' }, {}, { kind: 'removed', path: 'a', mine: { path: 'a', content: 'A\n' }, theirs: undefined }],
    ['theirs has deleted what mine has renamed', { a: 'a\n' }, { b: 'a\n' }, {}, { kind: 'removed', path: 'b', mine: { path: 'b', content: 'a\n' }, theirs: undefined }],
    ['both have renamed it', { a: 'a\n' }, { b: 'a\n' }, { c: 'a\n' }, { kind: 'renamed', path: 'b', mine: { path: 'b', content: 'a\n' }, theirs: { path: 'c', content: 'a\n' } }],
    ['it is binary', { a: 'a\0' }, { a: 'm\0' }, { a: 't\0' }, { kind: 'binary', path: 'a', mine: { path: 'a', content: 'm\0' }, theirs: { path: 'a', content: 't\0' } }],
    ['it is one endless line', { a: 'a' }, { a: 'm'.repeat(30_000) }, { a: 't' }, { kind: 'binary', path: 'a', mine: { path: 'a', content: 'm'.repeat(30_000) }, theirs: { path: 'a', content: 't' } }],
  ] as const)('leaves a whole file to a person when %s', (_, base, mine, theirs, expected) => {
    expect(plan(base, mine, theirs)).toEqual({ clean: [], brought: [], conflicts: [expected] });
  });

  it('carries what theirs has changed into a file that mine has renamed, and the other way round', () => {
    const changed = long.replace('None', '1');
    expect(plan({ a: long }, { b: long }, { a: changed })).toEqual({ clean: files({ b: changed }), brought: ['b'], conflicts: [] });
    expect(plan({ a: long }, { a: changed }, { b: long })).toEqual({ clean: files({ b: changed }), brought: ['a', 'b'], conflicts: [] });
    expect(plan({ a: long }, { b: long.replace('os.name', '2') }, { a: changed }).clean).toEqual(files({ b: changed.replace('os.name', '2') }));
  });

  it('takes no blank file for another one, and no name that stands for something else on the other side', () => {
    expect(plan({ 'a/__init__.py': '' }, { 'b/__init__.py': '' }, { 'a/__init__.py': 'x\n' }).conflicts).toMatchObject([{ kind: 'removed', path: 'a/__init__.py' }]);
    expect(plan({ a: long }, { b: long }, { a: `${long}x\n`, b: 'other\n' }).conflicts.map(({ kind, path }) => [kind, path])).toEqual([['removed', 'a'], ['text', 'b']]);
  });
});

describe('what changes between two texts', () => {
  const applied = (before: string, after: string): string => replacements(before, after).reduceRight((text, { from, to, insert }) => text.slice(0, from) + insert + text.slice(to), before);

  it('is told place by place, the least of each', () => {
    expect(replacements('a\nb\nc\nd\n', 'a\nB\nc\nxd\n')).toEqual([{ from: 2, to: 3, insert: 'B' }, { from: 6, to: 6, insert: 'x' }]);
    expect(replacements('same', 'same')).toEqual([]);
  });

  it('makes the one of the other (seeded)', () => {
    let random = 7;
    const next = (below: number): number => (random = (random * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    const text = (): string => Array.from({ length: next(20) }, () => 'abc'[next(3)]! + (next(4) === 0 ? '' : '\n')).join('');
    for (let round = 0; round < 500; round++) {
      const [before, after] = [text(), text()];
      expect(applied(before, after), `round ${round}`).toBe(after);
    }
  });
});
