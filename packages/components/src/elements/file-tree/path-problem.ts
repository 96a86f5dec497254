import { findPathClashes, findPathProblem, limits } from '@fapi/sdk/contract';
import { formatNumber } from '../../format.ts';
import type { Strings } from '../../strings.ts';

/** What is wrong with a path somebody typed, in words; undefined when nothing is. The rule is the contract's, and the server holds to it too. */
export function pathProblem(path: string, taken: readonly string[], strings: Strings, locale: string): string | undefined {
  const problem = findPathProblem(path);
  if (problem === 'empty') return strings.pathEmpty;
  if (problem === 'too_long') return strings.pathLong(formatNumber(limits.pathBytes, locale));
  if (problem === 'too_deep') return strings.pathDeep(formatNumber(limits.pathSegments, locale));
  if (problem === 'bad_start') return strings.pathStart;
  if (problem === 'reserved') return strings.pathReserved(path.split('/').find((name) => findPathProblem(name) === 'reserved') ?? path);
  // Composed: who sees one letter has typed one, whatever the keyboard has sent.
  const foreign = /[^\0-\x7F]/u.exec(path.normalize('NFC'))?.[0];
  if (problem) return foreign === undefined ? strings.pathShape : strings.pathLetters(foreign);
  // Last and alone in question: what was there before it clashes with nothing.
  const clash = findPathClashes([...taken, path])[0];
  if (!clash) return undefined;
  if (clash.code === 'folder_of_file') return strings.pathFolder(clash.other === path ? taken[clash.index]! : clash.other);
  return clash.other === path ? strings.pathTaken : strings.pathTwin(clash.other);
}

/** As `pathProblem`, for a file or a folder that is to have another path; a folder takes all that is in it along, and never goes into one that is there. */
export function moveProblem(from: string, to: string, paths: readonly string[], strings: Strings, locale: string): string | undefined {
  if (to.startsWith(`${from}/`)) return strings.moveInside;
  const isMoved = (path: string): boolean => path === from || path.startsWith(`${from}/`);
  const taken = paths.filter((path) => !isMoved(path));
  const isFolder = !paths.includes(from);
  if (isFolder && taken.some((path) => path.startsWith(`${to}/`))) return strings.folderTaken;
  for (const path of paths.filter(isMoved)) {
    const moved = to + path.slice(from.length);
    const problem = isFolder && to === '' ? strings.pathEmpty : pathProblem(moved, taken, strings, locale);
    if (problem) return problem;
    taken.push(moved);
  }
  return undefined;
}
