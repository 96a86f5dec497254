import * as z from 'zod/mini';

type Path = readonly PropertyKey[];

/**
 * Checks an answer. Fields that the contract does not name are left out, and a word that only a newer server knows (another member of an enum)
 * is given on as it is; everything else must be as promised.
 */
export function readLeniently<S extends z.ZodMiniType>(schema: S, value: unknown): z.core.util.SafeParseResult<z.output<S>> {
  const strict = z.safeParse(schema, value);
  if (strict.success || !strict.error.issues.every((issue) => isNewWord(issue, value))) return strict;
  const known = structuredClone(value);
  const words = strict.error.issues.map(({ path }) => [path, at(value, path)] as const);
  // With a word that is known the rest of the answer is checked as ever.
  for (const issue of strict.error.issues) put(known, issue.path, (issue as z.core.$ZodIssueInvalidValue).values[0]);
  const rest = z.safeParse(schema, known);
  if (rest.success) for (const [path, word] of words) put(rest.data, path, word);
  return rest;
}

/** One literal is a promise; of several, there may be more tomorrow. */
const isNewWord = (issue: z.core.$ZodIssue, value: unknown): boolean =>
  issue.code === 'invalid_value' && issue.path.length > 0 && issue.values.length > 1 && issue.values.every((known) => typeof known === 'string') && typeof at(value, issue.path) === 'string';

const at = (value: unknown, path: Path): unknown => path.reduce<any>((part, key) => part?.[key], value);

function put(value: unknown, path: Path, word: unknown): void {
  const parent = at(value, path.slice(0, -1)) as Record<PropertyKey, unknown> | undefined;
  if (parent) parent[path.at(-1)!] = word;
}
