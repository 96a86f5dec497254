import type { AppFile } from '../contract/files.ts';

/** What a three-way merge has made. */
export interface Merged {
  /** Sorted by path. Where both sides have changed the same lines, those of both are in it, between markers. */
  readonly files: readonly AppFile[];
  /** Paths that somebody has to look at. */
  readonly conflicts: readonly string[];
}

/**
 * Lays two changes of the same files over each other, line by line; nothing that either side has written is lost.
 * @example
 * const { current, base } = error.conflict;
 * const { files, conflicts } = mergeFiles({ base: base.files, mine, theirs: current.files });
 */
export function mergeFiles({ base, mine, theirs }: { base: readonly AppFile[]; mine: readonly AppFile[]; theirs: readonly AppFile[] }): Merged {
  const [known, own, other] = [textsOf(base), textsOf(mine), textsOf(theirs)];
  const files: AppFile[] = [];
  const conflicts: string[] = [];
  for (const path of [...new Set([...own.keys(), ...other.keys()])].toSorted()) {
    const [before, a, b] = [known.get(path), own.get(path), other.get(path)];
    // Deleted by one side: gone if the other has left it alone, kept for a person to look at if not.
    if (a === undefined || b === undefined) {
      const left = a ?? b!;
      if (before === left) continue;
      files.push({ path, content: left });
      if (before !== undefined) conflicts.push(path);
    } else {
      const { content, isClean } = mergeTexts(before ?? '', a, b);
      files.push({ path, content });
      if (!isClean) conflicts.push(path);
    }
  }
  return { files, conflicts };
}

const textsOf = (files: readonly AppFile[]): ReadonlyMap<string, string> => new Map(files.map(({ path, content }) => [path, content]));

/** Lines `from` to `to` of the base became `lines`. */
interface Change { from: number; to: number; lines: readonly string[] }

function mergeTexts(base: string, mine: string, theirs: string): { content: string; isClean: boolean } {
  if (mine === theirs || theirs === base) return { content: mine, isClean: true };
  if (mine === base) return { content: theirs, isClean: true };
  const lines = linesOf(base);
  const [own, other] = [listChanges(lines, linesOf(mine)), listChanges(lines, linesOf(theirs))];
  const merged: string[] = [];
  let isClean = true;
  let at = 0;
  while (own.length > 0 || other.length > 0) {
    const from = Math.min(own[0]?.from ?? Infinity, other[0]?.from ?? Infinity);
    let to = from;
    const [a, b]: [Change[], Change[]] = [[], []];
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
    merged.push(...lines.slice(at, from));
    const [left, right] = [applyTo(lines, from, to, a), applyTo(lines, from, to, b)];
    if (b.length === 0 || left.join('') === right.join('')) merged.push(...left);
    else if (a.length === 0) merged.push(...right);
    else {
      isClean = false;
      merged.push('<<<<<<< mine\n', ...ended(left), '=======\n', ...ended(right), '>>>>>>> theirs\n');
    }
    at = to;
  }
  return { content: [...merged, ...lines.slice(at)].join(''), isClean };
}

/** With their ends, so that the text is what they are together. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const ended = (lines: readonly string[]): string[] => lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`));

function applyTo(lines: readonly string[], from: number, to: number, changes: readonly Change[]): string[] {
  const made: string[] = [];
  let at = from;
  for (const change of changes) {
    made.push(...lines.slice(at, change.from), ...change.lines);
    at = change.to;
  }
  return [...made, ...lines.slice(at, to)];
}

/** More differing lines than this in one file are taken for one change: to find the least of them would keep the page waiting. */
const editsMax = 500;

/** The least changes that make `b` of `a` (Myers). */
function listChanges(a: readonly string[], b: readonly string[]): Change[] {
  let [head, tail] = [0, 0];
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const [x, y] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  if (x.length === 0 && y.length === 0) return [];
  const kept = listKept(x, y);
  if (!kept) return [{ from: head, to: head + x.length, lines: y }];
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  for (const [keptX, keptY] of [...kept, [x.length, y.length] as const]) {
    if (keptX > i || keptY > j) changes.push({ from: head + i, to: head + keptX, lines: y.slice(j, keptY) });
    [i, j] = [keptX + 1, keptY + 1];
  }
  return changes;
}

/** Pairs of places whose lines stay, in order; undefined when too much differs. */
function listKept(a: readonly string[], b: readonly string[]): (readonly [number, number])[] | undefined {
  const trace: Map<number, number>[] = [];
  let reached = new Map([[1, 0]]);
  const most = Math.min(a.length + b.length, editsMax);
  for (let edits = 0; edits <= most; edits++) {
    trace.push(reached);
    const next = new Map(reached);
    for (let k = -edits; k <= edits; k += 2) {
      let i = k === -edits || (k !== edits && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1)) ? reached.get(k + 1)! : reached.get(k - 1)! + 1;
      while (i < a.length && i - k < b.length && a[i] === b[i - k]) i++;
      next.set(k, i);
      if (i >= a.length && i - k >= b.length) return walkBack(trace, a.length, b.length);
    }
    reached = next;
  }
  return undefined;
}

function walkBack(trace: readonly Map<number, number>[], endA: number, endB: number): (readonly [number, number])[] {
  const kept: (readonly [number, number])[] = [];
  let [i, j] = [endA, endB];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reached = trace[edits]!;
    const k = i - j;
    const former = k === -edits || (k !== edits && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1)) ? k + 1 : k - 1;
    const formerI = edits === 0 ? 0 : reached.get(former)!;
    const formerJ = edits === 0 ? 0 : formerI - former;
    while (i > formerI && j > formerJ) kept.push([--i, --j]);
    [i, j] = [formerI, formerJ];
  }
  return kept.toReversed();
}
