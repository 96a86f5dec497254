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
  if (problem) return strings.pathShape;
  // Last and alone in question: what was there before it clashes with nothing.
  const clash = findPathClashes([...taken, path])[0];
  if (!clash) return undefined;
  if (clash.code === 'folder_of_file') return strings.pathFolder(clash.other === path ? taken[clash.index]! : clash.other);
  return clash.other === path ? strings.pathTaken : strings.pathTwin(clash.other);
}
