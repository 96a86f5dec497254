import { type TryMethod, tryMethods } from '@fapi/sdk/contract';
import { exampleOf, shownExample } from './example.ts';
import { firstOf, isObject, resolve, type Schema, typeOf } from './schema.ts';

export type Place = 'path' | 'query' | 'header' | 'cookie';

/** One field of a form. */
export interface Field {
  readonly name: string;
  readonly isRequired: boolean;
  readonly description: string | undefined;
  readonly kind: 'text' | 'number' | 'choice' | 'list' | 'file';
  readonly choices: readonly string[];
  /** What stands in it at first. */
  readonly initial: string;
}
export interface Parameter extends Field { readonly place: Place }

export interface Body {
  readonly type: string;
  readonly isRequired: boolean;
  /** Of a form, its fields; of anything else none. */
  readonly fields: readonly Field[];
  readonly example: string;
}

export interface Operation {
  /** `GET /items` */
  readonly id: string;
  readonly method: TryMethod;
  readonly path: string;
  readonly summary: string;
  readonly isDeprecated: boolean;
  readonly parameters: readonly Parameter[];
  readonly bodies: readonly Body[];
  /** Names of the schemes of which one set is needed. */
  readonly schemes: readonly string[];
}

export type Scheme = { readonly name: string } & ({ readonly kind: 'bearer' | 'basic' } | { readonly kind: 'apiKey'; readonly place: 'query' | 'header' | 'cookie'; readonly key: string });

export interface Api { readonly operations: readonly Operation[]; readonly schemes: readonly Scheme[] }

/** Reads an OpenAPI document; undefined when it is none. Paths are as the app has them: `servers` (its root path) is the proxy's matter, and the gateway adds none. */
export function readApi(document: unknown): Api | undefined {
  if (!isObject(document) || typeof document['openapi'] !== 'string' || !isObject(document['paths'])) return undefined;
  const operations = Object.entries(document['paths']).flatMap(([path, item]) => operationsOf(path, resolve(item, document), document));
  return { operations, schemes: schemesOf(document) };
}

function operationsOf(path: string, item: Schema | undefined, root: Schema): Operation[] {
  if (!item || !path.startsWith('/')) return [];
  return tryMethods.flatMap((method) => {
    const found = item[method.toLowerCase()];
    if (!isObject(found)) return [];
    const parameters = [...list(item['parameters']), ...list(found['parameters'])].flatMap((one) => parameterOf(resolve(one, root), root));
    return [{
      id: `${method} ${path}`, method, path, summary: words(found['summary']) ?? '', isDeprecated: found['deprecated'] === true,
      // What the operation says about one of its path replaces it.
      parameters: parameters.filter(({ name, place }, index) => parameters.findLastIndex((other) => other.name === name && other.place === place) === index),
      bodies: bodiesOf(resolve(found['requestBody'], root), root), schemes: namesOf(found['security'] ?? root['security']),
    }];
  });
}

function parameterOf(parameter: Schema | undefined, root: Schema): Parameter[] {
  const place = parameter?.['in'];
  if (!parameter || typeof parameter['name'] !== 'string' || (place !== 'path' && place !== 'query' && place !== 'header' && place !== 'cookie')) return [];
  return [{ ...fieldOf(parameter['name'], parameter['schema'], parameter['required'] === true || place === 'path', root, parameter), place }];
}

function fieldOf(name: string, value: unknown, isRequired: boolean, root: Schema, around: Schema = {}): Field {
  const found = resolve(value, root) ?? {};
  const schema = firstOf(found, root);
  const type = typeOf(schema);
  const items = resolve(schema['items'], root);
  const choices = Array.isArray(schema['enum']) ? schema['enum'].map(String) : type === 'boolean' ? ['true', 'false'] : [];
  const isFile = isBinary(schema) || (items !== undefined && isBinary(items));
  const shown = shownExample(around) ?? shownExample(found);
  const initial = shown ?? (isRequired && !isFile ? exampleOf(schema, root) : undefined);
  return {
    name, isRequired, description: words(around['description']) ?? words(found['description']), choices, initial: isFile ? '' : toText(initial),
    kind: isFile ? 'file' : choices.length > 0 ? 'choice' : type === 'array' ? 'list' : type === 'integer' || type === 'number' ? 'number' : 'text',
  };
}

const isBinary = (schema: Schema): boolean => schema['format'] === 'binary' || schema['contentMediaType'] === 'application/octet-stream';

function bodiesOf(body: Schema | undefined, root: Schema): Body[] {
  if (!body || !isObject(body['content'])) return [];
  return Object.entries(body['content']).map(([type, media]) => {
    const around = resolve(media, root) ?? {};
    const schema = firstOf(resolve(around['schema'], root) ?? {}, root);
    const example = shownExample(around) ?? exampleOf(schema, root);
    const required = list(schema['required']);
    const fields = isForm(type) && isObject(schema['properties']) ? Object.entries(schema['properties']).map(([name, part]) => fieldOf(name, part, required.includes(name), root)) : [];
    return { type, isRequired: body['required'] === true, fields, example: isForm(type) || typeof example === 'string' && !isJson(type) ? toText(example) : isJson(type) ? JSON.stringify(example ?? {}, null, 2) : '' };
  });
}

const isForm = (type: string): boolean => /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type);
export const isJson = (type: string): boolean => /^[\w.+-]+\/(?:[\w.+-]+\+)?json\b/i.test(type);

function schemesOf(root: Schema): Scheme[] {
  const components = root['components'];
  const found = isObject(components) && isObject(components['securitySchemes']) ? components['securitySchemes'] : {};
  return Object.entries(found).flatMap(([name, value]): Scheme[] => {
    const scheme = resolve(value, root);
    const type = scheme?.['type'];
    if (type === 'http' && String(scheme?.['scheme']).toLowerCase() === 'basic') return [{ name, kind: 'basic' }];
    const place = scheme?.['in'];
    if (type === 'apiKey' && typeof scheme?.['name'] === 'string' && (place === 'query' || place === 'header' || place === 'cookie')) return [{ name, kind: 'apiKey', place, key: scheme['name'] }];
    return type === 'http' || type === 'oauth2' || type === 'openIdConnect' ? [{ name, kind: 'bearer' }] : [];
  });
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const words = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const namesOf = (security: unknown): string[] => [...new Set(list(security).flatMap((one) => (isObject(one) ? Object.keys(one) : [])))];
/** As it stands in a field; a list with commas. */
const toText = (value: unknown): string => (value === undefined || value === null ? '' : Array.isArray(value) ? value.map(toText).join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value));
