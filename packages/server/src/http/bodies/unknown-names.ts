import type { Issue } from '@fapi/sdk/contract';
import type * as z from 'zod/mini';
import { placeOf } from '../problems/issue-words.ts';

type Schema = z.ZodMiniType;
type Path = readonly string[];

const most = 20;

/** The names in a body that its contract does not take, each with its place and with those that it does: a slip of the pen in `secret` or `scopes` would leave open what it was to close. */
export function findUnknownNames(schema: Schema, given: unknown, taken: unknown): Issue[] {
  return listUnknown(given, taken, []).slice(0, most).map(({ path, beside }) => {
    const known = namesAt(schema, path.slice(0, -1));
    const name = path.at(-1)!;
    const message = known.includes(name) ? `does not go together with ${beside.join(', ')}` : known.length === 0 ? 'is not known here: nothing is taken' : `is not known here: taken are ${known.join(', ')}`;
    return { path: placeOf('body', path.map((part) => part.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, 100))), message };
  });
}

/** What has been given and was not taken over. */
function listUnknown(given: unknown, taken: unknown, at: Path): { path: Path; beside: string[] }[] {
  if (typeof given !== 'object' || given === null || typeof taken !== 'object' || taken === null) return [];
  return Object.entries(given).flatMap(([name, value]) => (Object.hasOwn(taken, name) ? listUnknown(value, (taken as Record<string, unknown>)[name], [...at, name]) : [{ path: [...at, name], beside: Object.keys(taken) }]));
}

/** The names that an object at this place may have, in any of its forms. */
function namesAt(schema: Schema, [name, ...rest]: Path): string[] {
  const forms = formsOf(schema);
  if (name === undefined) return [...new Set(forms.flatMap(({ shape }) => Object.keys(shape ?? {})))];
  return [...new Set(forms.flatMap(({ shape, element, valueType }) => [shape?.[name], element, valueType].flatMap((inner) => (inner ? namesAt(inner, rest) : []))))];
}

interface Form { shape?: Record<string, Schema>; element?: Schema; valueType?: Schema; innerType?: Schema; options?: Schema[] }

/** The schema without what only wraps it; a union as all of its branches. */
function formsOf(schema: Schema): Form[] {
  const form = schema._zod.def as Form;
  if (form.innerType) return formsOf(form.innerType);
  return form.options ? form.options.flatMap(formsOf) : [form];
}
