import { diffLimits, type FileChange } from '@fapi/sdk/contract';
import { formatPatch, structuredPatch } from 'diff';
import { byteLength } from '../code/files.ts';

export interface ManifestFile { path: string; sha256: string }
type Change = Pick<FileChange, 'path' | 'change' | 'fromPath' | 'fromSha256' | 'toSha256'>;

/** Which files differ, sorted by path. A file whose bytes are at another path now has moved; of several alike those that keep their name go first. */
export function compareFiles(from: readonly ManifestFile[], to: readonly ManifestFile[]): Change[] {
  const before = new Map(from.map((file) => [file.path, file]));
  const after = new Map(to.map((file) => [file.path, file]));
  const gone = new Map(from.filter(({ path }) => !after.has(path)).map((file) => [file.path, file]));
  const fresh = to.filter(({ path }) => !before.has(path));
  const sources = new Map<string, string>();
  for (const isTaken of [(one: string, other: string) => nameOf(one) === nameOf(other), () => true]) {
    for (const { path, sha256 } of fresh) {
      if (sources.has(path)) continue;
      const source = gone.values().find((file) => file.sha256 === sha256 && isTaken(file.path, path));
      if (!source) continue;
      sources.set(path, source.path);
      gone.delete(source.path);
    }
  }
  const changes: Change[] = [
    ...gone.values().map(({ path, sha256 }): Change => ({ path, change: 'removed', fromSha256: sha256 })),
    ...fresh.map(({ path, sha256 }): Change => {
      const fromPath = sources.get(path);
      return fromPath === undefined ? { path, change: 'added', toSha256: sha256 } : { path, change: 'moved', fromPath, fromSha256: sha256, toSha256: sha256 };
    }),
    ...to.flatMap(({ path, sha256 }): Change[] => {
      const former = before.get(path);
      return former && former.sha256 !== sha256 ? [{ path, change: 'changed', fromSha256: former.sha256, toSha256: sha256 }] : [];
    }),
  ];
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** What a whole diff may still spend; counted down by each file. */
export interface Budget { patchBytes: number; edits: number }
/** Edits cost their square, and a file its length: these take some tens of milliseconds each. */
const [editsOfFile, editsTogether, comparedBytes] = [1_000, 4_000, 1_000_000];
export const makeBudget = (): Budget => ({ patchBytes: diffLimits.totalPatchBytes, edits: editsTogether });

/** Lines that came and went, with a patch where it is small enough. Texts that are large or have too little in common count as replaced between their common first and last lines. */
export function compareText(path: string, from: string | undefined, to: string | undefined, budget: Budget): Pick<FileChange, 'addedLines' | 'removedLines' | 'patch'> {
  const [before, after] = [from ?? '', to ?? ''];
  const isWhole = before === '' || after === '';
  const counts = countReplaced(linesOf(before), linesOf(after));
  if (Math.max(before.length, after.length) > (isWhole ? Math.min(budget.patchBytes, diffLimits.patchBytes) : comparedBytes)) return counts;
  const maxEditLength = isWhole ? Number.MAX_SAFE_INTEGER : Math.min(editsOfFile, budget.edits);
  const found = structuredPatch(from === undefined ? '/dev/null' : `a/${path}`, to === undefined ? '/dev/null' : `b/${path}`, before, after, undefined, undefined, { context: 3, maxEditLength });
  if (!found) {
    budget.edits -= maxEditLength;
    return counts;
  }
  const lines = found.hunks.flatMap((hunk) => hunk.lines);
  const [addedLines, removedLines] = ['+', '-'].map((sign) => lines.filter((line) => line.startsWith(sign)).length) as [number, number];
  if (!isWhole) budget.edits -= Math.min(budget.edits, addedLines + removedLines);
  const patch = formatPatch(found, { includeIndex: false, includeUnderline: false, includeFileHeaders: true });
  const bytes = byteLength(patch);
  if (bytes > diffLimits.patchBytes || bytes > budget.patchBytes) return { addedLines, removedLines };
  budget.patchBytes -= bytes;
  return { addedLines, removedLines, patch };
}

const linesOf = (text: string): string[] => {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

function countReplaced(from: readonly string[], to: readonly string[]): { addedLines: number; removedLines: number } {
  const shorter = Math.min(from.length, to.length);
  let same = 0;
  while (same < shorter && from[same] === to[same]) same++;
  let tail = 0;
  while (tail < shorter - same && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  return { addedLines: to.length - same - tail, removedLines: from.length - same - tail };
}
