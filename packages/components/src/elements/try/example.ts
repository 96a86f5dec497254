import { firstOf, isObject, resolve, type Schema, typeOf } from './schema.ts';

const deepest = 6;
/** Of one example: what names itself in each of its fields would be thousands of times itself. */
const mostValues = 1_000;
const formats: Record<string, string> = {
  'date-time': '2026-01-31T12:00:00Z', date: '2026-01-31', time: '12:00:00', duration: 'PT1H', email: 'ada@example.com', uri: 'https://example.com/', uuid: '3fa85f64-5717-4562-b3fc-2c963f66afa6', ipv4: '192.0.2.1', ipv6: '2001:db8::1',
};

/** What its author shows: `example`, the first of `examples`, the default; undefined without any. */
export function shownExample(schema: Schema): unknown {
  if (schema['example'] !== undefined) return schema['example'];
  const { examples } = schema;
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  // Of a parameter or a body they have names.
  if (isObject(examples)) {
    const [first] = Object.values(examples);
    if (isObject(first) && first['value'] !== undefined) return first['value'];
  }
  return schema['default'];
}

/** A value that fits: what its author shows, else made from the schema. */
export function exampleOf(value: unknown, root: Schema, depth = 0, room = { values: mostValues }): unknown {
  if (depth > deepest || room.values-- <= 0) return null;
  const found = resolve(value, root);
  if (!found) return null;
  const shown = shownExample(found);
  if (shown !== undefined) return shown;
  if (found['const'] !== undefined) return found['const'];
  if (Array.isArray(found['enum'])) return found['enum'][0];
  const schema = firstOf(found, root);
  if (schema !== found) return exampleOf(schema, root, depth + 1, room);
  if (Array.isArray(schema['allOf'])) return merged(schema['allOf'].slice(0, Math.max(0, room.values)).map((part) => exampleOf(part, root, depth + 1, room)));
  if (isObject(schema['properties'])) return Object.fromEntries(Object.entries(schema['properties']).slice(0, Math.max(0, room.values)).map(([name, part]) => [name, exampleOf(part, root, depth + 1, room)]));
  switch (typeOf(schema)) {
    case 'object': return {};
    case 'array': return schema['items'] === undefined ? [] : [exampleOf(schema['items'], root, depth + 1, room)];
    case 'boolean': return true;
    case 'integer': case 'number': return numberOf(schema);
    case 'null': return null;
    case 'string': return textOf(schema);
    default: return null;
  }
}

function merged(parts: readonly unknown[]): unknown {
  return parts.every(isObject) ? Object.fromEntries(parts.flatMap((part) => Object.entries(part))) : parts[0];
}

function numberOf(schema: Schema): number {
  const least = schema['minimum'] ?? (typeof schema['exclusiveMinimum'] === 'number' ? schema['exclusiveMinimum'] + 1 : undefined);
  if (typeof least === 'number') return least;
  const most = schema['maximum'] ?? (typeof schema['exclusiveMaximum'] === 'number' ? schema['exclusiveMaximum'] - 1 : undefined);
  return typeof most === 'number' && most < 1 ? most : 1;
}

function textOf(schema: Schema): string {
  const known = typeof schema['format'] === 'string' ? formats[schema['format']] : undefined;
  const least = typeof schema['minLength'] === 'number' ? Math.min(schema['minLength'], 1_000) : 0;
  return known ?? 'string'.padEnd(least, 'x').slice(0, typeof schema['maxLength'] === 'number' ? Math.max(schema['maxLength'], least) : undefined);
}
