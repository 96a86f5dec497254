import type { AppFile, FileChange } from '@fapi/sdk/contract';
import { linesOf, listChanges } from '@fapi/sdk/workspace';
import type { LineChange } from '@fapi/sdk/workspace';

/** Lines around a change. */
const around = 3;

/** What the files of a proposal change in those there are, main.py first. */
export function listFileChanges(before: readonly AppFile[], after: readonly AppFile[]): FileChange[] {
  const texts = new Map(before.map(({ path, content }) => [path, content]));
  return after.map(({ path, content }) => changeOf(path, texts.get(path), content)).toSorted((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
}

const rank = ({ change }: FileChange): number => (change === 'changed' ? 0 : 1);

function changeOf(path: string, before: string | undefined, after: string): FileChange {
  const [old, text] = [linesOf(before ?? ''), linesOf(after)];
  const changes = listChanges(old, text);
  const count = (of: (change: LineChange) => number): number => changes.reduce((sum, change) => sum + of(change), 0);
  return { path, change: before === undefined ? 'added' : 'changed', addedLines: count(({ lines }) => lines.length), removedLines: count(({ from, to }) => to - from), patch: patchOf(old, changes) };
}

/** A unified patch. */
function patchOf(old: readonly string[], changes: readonly LineChange[]): string {
  const parts: string[] = [];
  let shift = 0;
  for (let at = 0; at < changes.length;) {
    let end = at + 1;
    while (end < changes.length && changes[end]!.from - changes[end - 1]!.to <= 2 * around) end++;
    const [from, to] = [Math.max(0, changes[at]!.from - around), Math.min(old.length, changes[end - 1]!.to + around)];
    parts.push(`@@ -${from + 1} +${from + 1 + shift} @@\n`);
    let line = from;
    for (const change of changes.slice(at, end)) {
      parts.push(...signed(' ', old.slice(line, change.from)), ...signed('-', old.slice(change.from, change.to)), ...signed('+', change.lines));
      line = change.to;
      shift += change.lines.length - (change.to - change.from);
    }
    parts.push(...signed(' ', old.slice(line, to)));
    at = end;
  }
  return parts.join('');
}

const signed = (sign: string, lines: readonly string[]): string[] => lines.map((line) => `${sign}${line.replace(/\r?\n$/, '')}\n`);
