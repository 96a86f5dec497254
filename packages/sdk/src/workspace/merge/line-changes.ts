/** Lines `from` to `to` of the base became `lines`. */
export interface LineChange { readonly from: number; readonly to: number; readonly lines: readonly string[] }

/** With their ends, so that the text is what they are together. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** More differing lines than this in one file are taken for one change: to find the least of them would keep the page waiting. */
const editsMax = 500;

/** The least changes that make `b` of `a` (Myers). */
export function listChanges(a: readonly string[], b: readonly string[]): LineChange[] {
  let [head, tail] = [0, 0];
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const [x, y] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  if (x.length === 0 && y.length === 0) return [];
  const kept = listKept(x, y);
  if (!kept) return [{ from: head, to: head + x.length, lines: y }];
  const changes: LineChange[] = [];
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
