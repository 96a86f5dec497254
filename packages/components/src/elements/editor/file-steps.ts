import type { AppFile } from '@fapi/sdk/contract';
import { findPathClashes } from '@fapi/sdk/contract';
import type { FileChanges } from '@fapi/sdk/workspace';

/** One act on the files of a draft, as it has to be known to be taken back. */
export interface FileStep {
  readonly moves: readonly { readonly from: string; readonly to: string }[];
  /** What was removed or written over, as it was. */
  readonly before: readonly AppFile[];
  /** What was written, as it was written. */
  readonly after: readonly AppFile[];
}

/** What `changes` would make of these files; a folder is moved and removed file by file. */
export function stepOf(files: readonly AppFile[], { move = [], remove = [], put = [] }: FileChanges): FileStep {
  const isAt = (path: string, name: string): boolean => path === name || path.startsWith(`${name}/`);
  const written = new Set(put.map(({ path }) => path));
  return {
    moves: move.flatMap(({ from, to }) => files.filter(({ path }) => isAt(path, from)).map(({ path }) => ({ from: path, to: to + path.slice(from.length) }))),
    before: files.filter(({ path }) => written.has(path) || remove.some((name) => isAt(path, name))),
    after: put,
  };
}

/** How a step is taken back; or, where what it has made is not there any more as it was made, the paths of that: nothing of it is taken back then. A file that was only moved may have another text by now, which it keeps. */
export function undoOf({ moves, before, after }: FileStep, files: readonly AppFile[]): Required<FileChanges> | { readonly disturbed: readonly string[] } {
  const now = new Map(files.map((file) => [file.path, file]));
  const isAsWritten = ({ path, content, encoding }: AppFile): boolean => now.get(path)?.content === content && now.get(path)?.encoding === encoding;
  const written = new Set(after.map(({ path }) => path));
  const kept = new Set(before.map(({ path }) => path));
  const disturbed = [
    ...moves.filter(({ from, to }) => !now.has(to) || now.has(from)).map(({ to }) => to),
    ...after.filter((file) => !isAsWritten(file)).map(({ path }) => path),
    ...before.filter(({ path }) => now.has(path) && !written.has(path)).map(({ path }) => path),
  ];
  if (disturbed.length > 0) return { disturbed };
  const back = { move: moves.map(({ from, to }) => ({ from: to, to: from })).toReversed(), remove: [...written].filter((path) => !kept.has(path)), put: before };
  // Somebody may have made a folder where a file was, or a name that differs by case only.
  const left = files.map(({ path }) => path).filter((path) => !written.has(path) && !moves.some(({ to }) => to === path));
  const clash = findPathClashes([...left, ...moves.map(({ from }) => from), ...kept])[0];
  return clash ? { disturbed: [clash.other] } : back;
}
