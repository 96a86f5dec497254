/** As much of JSON Schema and OpenAPI 3.x as a form needs; what an app says is never trusted to have a form. */
export interface Schema { readonly [key: string]: unknown }

export const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Follows `$ref` inside the document; undefined where it leads nowhere or in a circle. */
export function resolve(value: unknown, root: Schema): Schema | undefined {
  let found = value;
  for (let step = 0; step < 16; step++) {
    if (!isObject(found)) return undefined;
    const ref = found['$ref'];
    if (typeof ref !== 'string') return found;
    if (!ref.startsWith('#/')) return undefined;
    found = ref.slice(2).split('/').reduce<unknown>((part, key) => (isObject(part) && Object.hasOwn(part, key.replaceAll('~1', '/').replaceAll('~0', '~')) ? part[key.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined), root);
  }
  return undefined;
}

/** The one that is not `null`: FastAPI writes what may be left out as one of two. */
export function firstOf(schema: Schema, root: Schema): Schema {
  const forms = [schema['anyOf'], schema['oneOf']].find(Array.isArray) as unknown[] | undefined;
  if (!forms) return schema;
  const found = forms.slice(0, 100).map((form) => resolve(form, root)).find((form) => form !== undefined && form['type'] !== 'null');
  return found ? { ...found, ...Object.fromEntries(['default', 'example', 'examples', 'title', 'description'].filter((key) => key in schema).map((key) => [key, schema[key]])) } : schema;
}

export const typeOf = ({ type }: Schema): string | undefined => (Array.isArray(type) ? (type.find((one) => one !== 'null') as string | undefined) : (type as string | undefined));
