import { expect, it } from 'vitest';
import { mergeTexts } from './merge.ts';

const merge = (ours: string, base: string, theirs: string) => mergeTexts({ ours, base, theirs, theirName: 'version 2 by ada' });
/** Numbers that a seed decides (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

it.each([
  ['nothing changes', 'a\n', 'a\n', 'a\n', 'a\n', false],
  ['mine alone', 'b\n', 'a\n', 'a\n', 'b\n', false],
  ['theirs alone', 'a\n', 'a\n', 'b\n', 'b\n', false],
  ['both the same', 'b\n', 'a\n', 'b\n', 'b\n', false],
  ['both, apart', 'A\nb\nc\n', 'a\nb\nc\n', 'a\nb\nC\n', 'A\nb\nC\n', false],
  ['ends of line of Windows stay', 'A\r\nb\r\nc\r\n', 'a\r\nb\r\nc\r\n', 'a\r\nb\r\nC\r\n', 'A\r\nb\r\nC\r\n', false],
  ['no end of line at the end', 'A\nb\nc', 'a\nb\nc', 'a\nb\nc', 'A\nb\nc', false],
  ['both, the same line without its end', 'x', 'a', 'y', '<<<<<<< here\nx\n||||||| before\na\n=======\ny\n>>>>>>> version 2 by ada\n', true],
  ['no base', 'x\n', '', 'y\n', '<<<<<<< here\nx\n||||||| before\n=======\ny\n>>>>>>> version 2 by ada\n', true],
  ['a line like a mark is text', '=======\nb\n', '=======\na\n', '=======\na\n', '=======\nb\n', false],
])('puts both changes together: %s', (_, ours, base, theirs, text, hasMarks) => {
  expect(merge(ours, base, theirs)).toEqual({ text, hasMarks });
});

it('gives back what one side changed when the other did not, and loses no line of either', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed);
    const base = Array.from({ length: random(12) }, () => `line ${random(5)}\n`);
    const edit = (mark: string): string => base.flatMap((line) => [line, ...(random(4) === 0 ? [`${mark} ${random(100)}\n`] : [])]).join('');
    const [ours, theirs] = [edit('ours'), edit('theirs')];
    expect([seed, merge(ours, base.join(''), base.join('')).text]).toEqual([seed, ours]);
    expect([seed, merge(base.join(''), base.join(''), theirs).text]).toEqual([seed, theirs]);
    const { text } = merge(ours, base.join(''), theirs);
    for (const line of `${ours}${theirs}`.split('\n').filter((one) => /^(ours|theirs)/.test(one))) expect([seed, text.includes(line)]).toEqual([seed, true]);
  }
});
