import { isDeepStrictEqual } from 'node:util';

/** Documents are made by user code: whatever a part is, it is read as what it should be, or as nothing. */
export type Part = Readonly<Record<string, unknown>>;

export const toPart = (value: unknown): Part => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Part) : {});
/** A map, so that a field that is named `constructor` is a field. */
export const entriesOf = (value: unknown): Map<string, unknown> => new Map(Object.entries(toPart(value)));
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const textsOf = (value: unknown): string[] => listOf(value).filter((text) => typeof text === 'string');

export function refOf(value: unknown): string | undefined {
  const ref = toPart(value)['$ref'];
  return typeof ref === 'string' ? ref : undefined;
}
/** The last part of `#/components/schemas/<name>`. */
export const nameOfRef = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1).replaceAll('~1', '/').replaceAll('~0', '~');

/** Follows `$ref` within the document, a few times at most; what leads nowhere is nothing. */
export function resolve(document: Part, value: unknown): Part {
  let found = value;
  for (let hop = 0; hop < 10; hop++) {
    const ref = refOf(found);
    if (ref === undefined) return toPart(found);
    found = ref.startsWith('#/') ? ref.slice(2).split('/').reduce((part: unknown, key) => entriesOf(part).get(key.replaceAll('~1', '/').replaceAll('~0', '~')), document) : undefined;
  }
  return {};
}

/** Whether it is nested deeper than what looks into it can follow. */
export function isTooDeep(document: Part, levels = 1_200): boolean {
  let parts: object[] = [document];
  for (let level = 0; parts.length > 0; level++) {
    if (level > levels) return true;
    parts = parts.flatMap((part) => Object.values(part).filter((value): value is object => typeof value === 'object' && value !== null));
  }
  return false;
}

const schemaRef = '#/components/schemas/';

export const schemasOf = (document: Part): Map<string, unknown> => entriesOf(entriesOf(document['components']).get('schemas'));

/** What `value` refers to itself: names of schemas, and every other reference as it is written. */
function refsIn(value: unknown): Set<string> {
  const refs = new Set<string>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const part = open.pop();
    if (typeof part !== 'object' || part === null) continue;
    const ref = refOf(part);
    if (ref !== undefined) refs.add(ref.startsWith(schemaRef) ? nameOfRef(ref) : ref);
    // One by one: a call takes no hundred thousand arguments.
    for (const one of Object.values(part)) open.push(one);
  }
  return refs;
}

/** Adds the names of all schemas that are reached from `value`. */
export function collectNames(schemas: ReadonlyMap<string, unknown>, value: unknown, names: Set<string>): void {
  const open = [...refsIn(value)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (names.has(name) || !schemas.has(name)) continue;
    names.add(name);
    for (const ref of refsIn(schemas.get(name))) open.push(ref);
  }
}

/** The schemas that are the same in both documents to the last word, with all that they refer to. */
export function findUnchanged(from: Part, to: Part): Set<string> {
  const [before, after] = [schemasOf(from), schemasOf(to)];
  const unchanged = new Set([...before.keys()].filter((name) => after.has(name) && isDeepStrictEqual(before.get(name), after.get(name))));
  const usersOf = new Map<string, string[]>();
  const doubtful: string[] = [];
  for (const name of unchanged) {
    for (const ref of refsIn(before.get(name))) {
      if (!unchanged.has(ref)) doubtful.push(name);
      const users = usersOf.get(ref) ?? [];
      users.push(name);
      usersOf.set(ref, users);
    }
  }
  for (let name = doubtful.pop(); name !== undefined; name = doubtful.pop()) if (unchanged.delete(name)) doubtful.push(...(usersOf.get(name) ?? []));
  return unchanged;
}
