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

/** The names of all schemas that are reached from `value`, itself included. */
export function collectNames(document: Part, value: unknown, names: Set<string>): void {
  const open: unknown[] = [value];
  for (let part = open.pop(); part !== undefined || open.length > 0; part = open.pop()) {
    const ref = refOf(part);
    if (ref?.startsWith('#/components/schemas/')) {
      const name = nameOfRef(ref);
      if (!names.has(name)) {
        names.add(name);
        open.push(entriesOf(entriesOf(document['components']).get('schemas')).get(name));
      }
    }
    if (typeof part === 'object' && part !== null) open.push(...Object.values(part));
  }
}
