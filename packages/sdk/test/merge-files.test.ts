import { describe, expect, it } from 'vitest';
import { mergeFiles } from '@fapi/sdk/workspace';

const file = (path: string, content: string) => ({ path, content });
const merge = (base: string, mine: string, theirs: string): [string | undefined, number] => {
  const { files, conflicts } = mergeFiles({ base: [file('a', base)], mine: [file('a', mine)], theirs: [file('a', theirs)] });
  return [files[0]?.content, conflicts.length];
};

describe('a merge of one text', () => {
  it.each([
    ['nothing', 'a\nb\n', 'a\nb\n', 'a\nb\n', 'a\nb\n'],
    ['mine alone', 'a\nb\n', 'A\nb\n', 'a\nb\n', 'A\nb\n'],
    ['theirs alone', 'a\nb\n', 'a\nb\n', 'a\nB\n', 'a\nB\n'],
    ['both the same', 'a\n', 'x\n', 'x\n', 'x\n'],
    ['different places', 'a\nb\nc\nd\ne\n', 'A\nb\nc\nd\ne\n', 'a\nb\nc\nd\nE\nf\n', 'A\nb\nc\nd\nE\nf\n'],
    ['a line more here, a line fewer there', 'a\nb\nc\nd\n', 'a\nnew\nb\nc\nd\n', 'a\nb\nd\n', 'a\nnew\nb\nd\n'],
    ['without an end of the last line', 'a\nb\nc', 'a\nb\nC', 'A\nb\nc', 'A\nb\nC'],
    ['CRLF', 'a\r\nb\r\nc\r\n', 'A\r\nb\r\nc\r\n', 'a\r\nb\r\nC\r\n', 'A\r\nb\r\nC\r\n'],
  ])('takes %s', (_, base, mine, theirs, expected) => {
    expect(merge(base, mine, theirs)).toEqual([expected, 0]);
  });

  it.each([
    ['the same line', 'a\nb\nc\n', 'a\nM\nc\n', 'a\nT\nc\n', 'a\n<<<<<<< mine\nM\n=======\nT\n>>>>>>> theirs\nc\n'],
    ['a line that the other took out', 'a\nb\nc\n', 'a\nM\nc\n', 'a\nc\n', 'a\n<<<<<<< mine\nM\n=======\n>>>>>>> theirs\nc\n'],
    ['the last line, which has no end', 'a', 'M', 'T', '<<<<<<< mine\nM\n=======\nT\n>>>>>>> theirs\n'],
    ['the same place with new lines', 'a\n', 'a\nM\n', 'a\nT\n', 'a\n<<<<<<< mine\nM\n=======\nT\n>>>>>>> theirs\n'],
  ])('holds both sides of %s', (_, base, mine, theirs, expected) => {
    expect(merge(base, mine, theirs)).toEqual([expected, 1]);
  });

  it('loses no line that either side has written, and takes what one side alone has changed (seeded)', () => {
    let random = 20_261_128;
    const next = (below: number): number => (random = (random * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    for (let round = 0; round < 400; round++) {
      const base = Array.from({ length: next(30) }, () => `${next(6)}\n`);
      const edit = (word: string): string[] => base.flatMap((line, index) => (next(5) > 0 ? [line] : [[], [`${word} ${round} ${index}\n`], [line, `${word} ${round} ${index}\n`]][next(3)]!));
      const [mine, theirs] = [edit('mine'), edit('theirs')];
      const [content] = merge(base.join(''), mine.join(''), theirs.join(''));
      for (const line of [...mine, ...theirs]) if (/mine|theirs/.test(line)) expect(content, `round ${round}`).toContain(line);
      expect(merge(base.join(''), mine.join(''), base.join(''))).toEqual([mine.join(''), 0]);
      expect(merge(base.join(''), base.join(''), theirs.join(''))).toEqual([theirs.join(''), 0]);
      expect(merge(base.join(''), mine.join(''), mine.join(''))).toEqual([mine.join(''), 0]);
    }
  });

  it('of two long texts that have nothing in common comes to its end', () => {
    const text = (word: string): string => Array.from({ length: 20_000 }, (_, index) => `${word} ${index}\n`).join('');
    const [content, conflicts] = merge(text('base'), text('mine'), text('theirs'));
    expect(conflicts).toBe(1);
    expect(content).toContain('mine 19999\n');
    expect(content).toContain('theirs 19999\n');
  });
});

it('takes files that one side has made, and leaves out what one side has deleted and the other left alone', () => {
  const base = [file('gone', 'x'), file('kept', 'x'), file('fought', 'x')];
  const mine = [file('kept', 'x'), file('fought', 'mine'), file('new', 'n')];
  const theirs = [file('gone', 'x'), file('kept', 'y'), file('other', 'o')];
  expect(mergeFiles({ base, mine, theirs })).toEqual({ files: [file('fought', 'mine'), file('kept', 'y'), file('new', 'n'), file('other', 'o')], conflicts: ['fought'] });
});
