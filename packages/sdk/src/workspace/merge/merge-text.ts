import { type LineChange, linesOf, listChanges } from './line-changes.ts';

/** A stretch of a text that two sides have made from one base: what it is on each of the three, and what it is merged; `merged` is undefined where both have changed the same lines. */
export interface Piece { readonly base: string; readonly mine: string; readonly theirs: string; readonly merged: string | undefined }

/** Three texts cut into stretches, in order: joined by side, they are that side again. */
export function mergeText(base: string, mine: string, theirs: string): Piece[] {
  if (mine === theirs || theirs === base) return [{ base, mine, theirs, merged: mine }];
  if (mine === base) return [{ base, mine, theirs, merged: theirs }];
  const lines = linesOf(base);
  const [own, other] = [listChanges(lines, linesOf(mine)), listChanges(lines, linesOf(theirs))];
  const pieces: Piece[] = [];
  const keep = (from: number, to: number): void => {
    const text = lines.slice(from, to).join('');
    if (text !== '') pieces.push({ base: text, mine: text, theirs: text, merged: text });
  };
  let at = 0;
  while (own.length > 0 || other.length > 0) {
    const from = Math.min(own[0]?.from ?? Infinity, other[0]?.from ?? Infinity);
    let to = from;
    const [a, b]: [LineChange[], LineChange[]] = [[], []];
    // All changes that touch each other are one place.
    for (let isGrowing = true; isGrowing; ) {
      isGrowing = false;
      for (const [queue, taken] of [[own, a], [other, b]] as const) {
        while (queue[0] && queue[0].from <= to) {
          taken.push(queue[0]);
          to = Math.max(to, queue.shift()!.to);
          isGrowing = true;
        }
      }
    }
    keep(at, from);
    const [left, right] = [applyTo(lines, from, to, a), applyTo(lines, from, to, b)];
    pieces.push({ base: lines.slice(from, to).join(''), mine: left, theirs: right, merged: b.length === 0 || left === right ? left : a.length === 0 ? right : undefined });
    at = to;
  }
  keep(at, lines.length);
  return pieces;
}

function applyTo(lines: readonly string[], from: number, to: number, changes: readonly LineChange[]): string {
  const made: string[] = [];
  let at = from;
  for (const change of changes) {
    made.push(...lines.slice(at, change.from), ...change.lines);
    at = change.to;
  }
  return [...made, ...lines.slice(at, to)].join('');
}
