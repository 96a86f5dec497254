import { limits } from '@fapi/sdk/contract';
import { formatNumber } from '../../format.ts';
import type { Strings } from '../../strings.ts';

/** What is wrong with a path somebody typed, in words; undefined when nothing is. The server decides again. */
export function pathProblem(path: string, taken: readonly string[], strings: Strings, locale: string): string | undefined {
  if (path === '') return strings.pathEmpty;
  if (!path.split('/').every((segment) => /^[A-Za-z0-9_.-]+$/.test(segment) && segment !== '.' && segment !== '..')) return strings.pathShape;
  if (path.length > limits.pathBytes) return strings.pathLong(formatNumber(limits.pathBytes, locale));
  const isFolder = taken.some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
  return taken.includes(path) || isFolder ? strings.pathTaken : undefined;
}
