import { entriesOf, listOf, nameOfRef, type Part, refOf, resolve, textsOf } from './document.ts';

/** One thing that a value may be. */
export interface Shape { kind: string; name: string | undefined; schema: Part }

/** A union that holds itself would never end. */
const partsLimit = 200;

/** What a schema allows, as a list without unions, so that `string | null` reads the same however it is written. */
export function shapesOf(document: Part, schema: unknown, left = { count: partsLimit }): Shape[] {
  if (schema === false || left.count-- <= 0) return [];
  const ref = refOf(schema);
  const whole = merge(document, resolve(document, schema), left);
  const variants = [...listOf(whole['anyOf']), ...listOf(whole['oneOf'])];
  const shapes = variants.length > 0 ? variants.flatMap((variant) => shapesOf(document, variant, left)) : kindsOf(whole).map((kind): Shape => ({ kind, name: ref === undefined ? undefined : nameOfRef(ref), schema: whole }));
  return whole['nullable'] === true && !shapes.some(({ kind }) => kind === 'null') ? [...shapes, { kind: 'null', name: undefined, schema: {} }] : shapes;
}

function kindsOf(schema: Part): string[] {
  const type = schema['type'];
  if (typeof type === 'string') return [type];
  const types = textsOf(type).slice(0, partsLimit);
  if (types.length > 0) return types;
  const values = valuesOf(schema);
  if (values) return [...new Set(values.map(kindOfValue))];
  if (schema['properties'] !== undefined || schema['required'] !== undefined) return ['object'];
  return schema['items'] === undefined ? ['any'] : ['array'];
}

/** The only values that there are, where they are named. */
export function valuesOf(schema: Part): readonly unknown[] | undefined {
  if (Array.isArray(schema['enum'])) return schema['enum'];
  return 'const' in schema ? [schema['const']] : undefined;
}

function kindOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}

/** All parts of an `allOf` hold at once. */
function merge(document: Part, schema: Part, left: { count: number }): Part {
  const parts = listOf(schema['allOf']);
  if (parts.length === 0) return schema;
  let whole: Part = { ...schema, allOf: undefined };
  for (const part of parts) {
    if (left.count-- <= 0) break;
    const { required, properties, ...rest } = merge(document, resolve(document, part), left);
    // To join wide ones costs as much as many narrow ones.
    left.count -= Math.floor((entriesOf(properties).size + textsOf(required).length) / 100);
    whole = {
      ...rest, ...whole,
      ...(properties === undefined ? {} : { properties: Object.fromEntries([...entriesOf(properties), ...entriesOf(whole['properties'])]) }),
      ...(required === undefined ? {} : { required: [...textsOf(whole['required']), ...textsOf(required)] }),
    };
  }
  return whole;
}
