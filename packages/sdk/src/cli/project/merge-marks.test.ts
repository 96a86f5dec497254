import { expect, it } from 'vitest';
import { findMark } from './merge-marks.ts';

it.each([
  ['what our merge leaves', 'a\n<<<<<<< here\nb\n||||||| before\nc\n=======\nd\n>>>>>>> version 2 by ada\n', 2],
  ['what Git leaves, with the line ends of Windows and without an end', '<<<<<<< HEAD\r\nb\r\n=======\r\n>>>>>>> main', 1],
  ['half of a mark', '<<<<<<< here\nb\n=======\n', undefined],
  ['marks inside of a line', 'x = """\n  <<<<<<< a\n  =======\n  >>>>>>> b\n"""\n', undefined],
  ['a heading', 'Title\n=======\n\n>>>>>>> deep quotation\n', undefined],
])('finds the first line of %s', (_, text, line) => {
  expect(findMark(text)).toBe(line);
});
