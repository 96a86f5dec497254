import { linesOf, listChanges } from './line-changes.ts';

/** Spans of `before`, in UTF-16 units and in order, and what stands there in `after`: whole lines, and within one changed run only what differs, so that a cursor elsewhere stays where it is. */
export function replacements(before: string, after: string): { from: number; to: number; insert: string }[] {
  const lines = linesOf(before);
  let [line, offset] = [0, 0];
  const skipTo = (to: number): number => {
    while (line < to) offset += lines[line++]!.length;
    return offset;
  };
  return listChanges(lines, linesOf(after)).map((change) => {
    const from = skipTo(change.from);
    return narrow(from, before.slice(from, skipTo(change.to)), change.lines.join(''));
  });
}

/** The one span of `old` at `at` that differs from `text`, and what stands there. */
export function narrow(at: number, old: string, text: string): { from: number; to: number; insert: string } {
  const shorter = Math.min(old.length, text.length);
  let [head, tail] = [0, 0];
  while (head < shorter && old.charCodeAt(head) === text.charCodeAt(head)) head += 1;
  while (tail < shorter - head && old.charCodeAt(old.length - 1 - tail) === text.charCodeAt(text.length - 1 - tail)) tail += 1;
  return { from: at + head, to: at + old.length - tail, insert: text.slice(head, text.length - tail) };
}
