import type { Issue } from '@fapi/sdk/contract';
import * as z from 'zod/mini';

type Raw = z.core.$ZodRawIssue;
type Found = z.core.$ZodIssue;

const kinds: Record<string, string> = { string: 'a string', number: 'a number', int: 'a whole number', boolean: 'true or false', object: 'an object', record: 'an object', array: 'a list', tuple: 'a list', null: 'null' };
const formats: Record<string, string> = { url: 'an address such as https://portal.example', datetime: 'a time such as 2026-01-31T12:00:00Z', regex: 'text of the form that the contract names' };
const units: Record<string, string> = { string: 'characters', array: 'items', set: 'items', map: 'entries', object: 'entries' };

/** Says what is wrong as a sentence whose subject is the place: given to zod as the error map of each call, so that words of the contract come before it. */
export function sayIssue(issue: Raw): string {
  switch (issue.code) {
    case 'invalid_type': return issue.input === undefined ? 'is required' : `must be ${kindOf(issue.expected)}, and is ${inputOf(issue)}`;
    case 'invalid_value': return issue.input === undefined ? 'is required' : `must be ${listed(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'too_small': return Number(issue.minimum) === 1 && issue.origin === 'string' ? 'must not be empty' : sayLimit(issue.origin, issue.exact ? 'exactly' : issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big': return sayLimit(issue.origin, issue.exact ? 'exactly' : issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_format': return `must be ${formats[issue.format] ?? `a valid ${issue.format}`}`;
    case 'not_multiple_of': return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys': return `has names that are not known: ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    case 'invalid_key': return 'has a name that is not allowed';
    default: return issue.input === undefined ? 'is required' : 'has none of the forms that are taken here';
  }
}

/** The value itself only where its kind is right already. */
function inputOf({ expected, input }: Raw & { code: 'invalid_type' }): string {
  if (typeof input !== 'number' || (expected !== 'int' && expected !== 'number')) return kindOf(z.util.parsedType(input));
  return Number.isNaN(input) ? 'none' : String(input);
}
const kindOf = (kind: string): string => kinds[kind] ?? kind;
const sayLimit = (origin: string, word: string, limit: number | bigint | Date): string => (units[origin] ? `must have ${word} ${String(limit)} ${units[origin]}` : `must be ${word} ${String(limit)}`);
const listed = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);

/** Each issue with its whole path. Of several forms the one is meant that the value is nearest to: what it has is wrong, rather than that something else is missing. */
const flattenIssues = (issues: readonly Found[], root: readonly PropertyKey[] = []): { path: PropertyKey[]; message: string }[] => issues.flatMap((issue) => {
  const path = [...root, ...issue.path];
  const [nearest] = issue.code === 'invalid_union' ? issue.errors.toSorted((a, b) => distanceOf(a) - distanceOf(b)) : [];
  const isNearer = nearest !== undefined && nearest.some(({ path: inner }) => inner.length > 0);
  return isNearer ? flattenIssues(nearest, path) : [{ path, message: unionWords(issue) ?? issue.message }];
});

/** What is missing weighs more than what is wrong. */
const distanceOf = (issues: readonly Found[]): number => issues.reduce((sum, { message, path }) => sum + (path.length === 0 ? 10_000 : message === 'is required' ? 100 : 1), 0);

/** Where all forms are about the value itself, all of them are said. */
function unionWords(issue: Found): string | undefined {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return undefined;
  const words = [...new Set(issue.errors.flatMap((branch) => branch.map(({ message }) => message)))];
  return words.every((word) => word === words[0]) ? words[0] : words.join(', or ');
}

export type Where = 'path' | 'query' | 'header' | 'body';

/** The place as every issue names it: a JSON pointer into the body, `query.x`, `path.x` or `header.x`. */
export const placeOf = (where: Where, path: readonly PropertyKey[]): string =>
  where === 'body' ? `/${path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}` : [where, ...path.map(String)].join('.');

export const toIssues = (error: z.core.$ZodError, where: Where): Issue[] => flattenIssues(error.issues).slice(0, 20).map(({ path, message }) => ({ path: placeOf(where, path), message }));
