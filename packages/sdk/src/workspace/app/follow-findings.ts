import type { Finding, Position } from '../../contract/finding.ts';
import { narrow } from '../merge/replacements.ts';

type Texts = ReadonlyMap<string, string>;
type Span = ReturnType<typeof narrow>;
type Follow = (finding: Finding) => Finding | undefined;

/** The findings of `before` where their text stands in `after`; those whose text is gone are left out. Where nothing moves it is the same list. */
export function followFindings(findings: readonly Finding[], before: Texts, after: Texts): readonly Finding[] {
  const follows = new Map<string, Follow>();
  const follow: Follow = (finding) => {
    const [old, now] = [before.get(finding.file), after.get(finding.file)];
    if (old === now || old === undefined) return finding;
    if (now === undefined) return undefined;
    if (!follows.has(finding.file)) follows.set(finding.file, followIn(old, now));
    return follows.get(finding.file)!(finding);
  };
  const followed = findings.flatMap((finding) => follow(finding) ?? []);
  return followed.length === findings.length && followed.every((finding, index) => finding === findings[index]) ? findings : followed;
}

/** By the one span that was replaced, which is what typing does. */
function followIn(old: string, now: string): Follow {
  const { from, to, insert } = alignToLine(narrow(0, old, now), old, now);
  const firstStart = old.slice(0, from).lastIndexOf('\n') + 1;
  const firstLine = breaksIn(old, 0, firstStart) + 1;
  const lastLine = firstLine + breaksIn(old, firstStart, to);
  const moreLines = breaksIn(now, firstStart, from + insert.length) - (lastLine - firstLine);
  /** Of places in the lines that the span is in; all others move by lines. */
  const offsetOf = ({ line, column }: Position): number | undefined => (line >= firstLine && line <= lastLine ? toOffset(old, firstStart, line - firstLine, column) : undefined);
  /** A place at the span's start is `before` what is put there, or behind it. */
  const move = (position: Position, isBefore: boolean): Position => {
    const offset = offsetOf(position);
    if (offset === undefined) return position.line < firstLine || moreLines === 0 ? position : { ...position, line: position.line + moreLines };
    const moved = offset < from || (offset === from && (isBefore || to > from)) ? offset : Math.max(from, offset + now.length - old.length);
    const next = { line: firstLine + breaksIn(now, firstStart, moved), column: Array.from(now.slice(Math.max(firstStart, now.slice(0, moved).lastIndexOf('\n') + 1), moved)).length + 1 };
    return next.line === position.line && next.column === position.column ? position : next;
  };
  const isGone = ({ start, end }: Finding): boolean => {
    const [first, last] = [offsetOf(start), offsetOf(end)];
    if (first === undefined || last === undefined || first < from || last > to) return false;
    // A point at an end of the span was there before it and is there behind it, unless its line has ended with it.
    return last > first || (first > from && first < to) || (first === from && first < to && old.slice(first, to).includes('\n'));
  };
  return (finding) => {
    if (isGone(finding)) return undefined;
    const start = move(finding.start, false);
    const end = isPoint(finding) ? start : move(finding.end, true);
    return start === finding.start && (end === finding.end || end === start) ? finding : { ...finding, start, end };
  };
}

/** Whole lines that came or went are a span that begins with a line, wherever their letters are also those of the next one. */
function alignToLine({ from, to, insert }: Span, old: string, now: string): Span {
  const [text, end] = to > from ? [old, to] : [now, from + insert.length];
  let back = 0;
  while (back < from && text[from - back - 1] !== '\n' && text[from - back - 1] === text[end - back - 1]) back += 1;
  if ((to > from && insert !== '') || (back < from && text[from - back - 1] !== '\n')) return { from, to, insert };
  return { from: from - back, to: to - back, insert: insert && now.slice(from - back, end - back) };
}

const isPoint = ({ start, end }: Finding): boolean => start.line === end.line && start.column === end.column;

function breaksIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function toOffset(text: string, from: number, lines: number, column: number): number {
  let start = from;
  for (let count = 0; count < lines; count += 1) start = text.indexOf('\n', start) + 1;
  const end = text.indexOf('\n', start);
  return start + Array.from(text.slice(start, end === -1 ? undefined : end)).slice(0, column - 1).join('').length;
}
