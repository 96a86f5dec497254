import { type TryMethod, tryMethods } from '@fapi/sdk/contract';
import { drawnText } from '../logs/plain-text.ts';
import { exampleOf, shownExample } from './example.ts';
import { firstOf, isObject, resolve, type Schema, typeOf } from './schema.ts';
import { isDeep } from './is-deep.ts';

/** A document of a megabyte can ask for millions of rows: more than these help nobody. */
const [mostOperations, mostChoices, mostBodies, mostSchemes] = [20_000, 300, 20, 20];
const mostFields = 100;
/** Of what an author says; and of what stands in a field at first, where more would keep the page from being drawn. */
const [wordLetters, initialLetters] = [2_000, 100_000];

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
  /** It has more of them. */
  readonly isCut: boolean;
  readonly example: string;
}

export interface Operation {
  /** `GET /items` */
  readonly id: string;
  readonly method: TryMethod;
  readonly path: string;
  readonly summary: string;
  readonly isDeprecated: boolean;
  /** Of these three each is read when it is first asked for: of thousands of operations a person opens one. */
  readonly parameters: readonly Parameter[];
  /** It has more parameters. */
  readonly isCut: boolean;
  readonly bodies: readonly Body[];
  /** Names of the schemes of which one set is needed. */
  readonly schemes: readonly string[];
}

export type Scheme = { readonly name: string } & ({ readonly kind: 'bearer' | 'basic' } | { readonly kind: 'apiKey'; readonly place: 'query' | 'header' | 'cookie'; readonly key: string });

export interface Api { readonly operations: readonly Operation[]; readonly schemes: readonly Scheme[] }

/** Reads an OpenAPI document; undefined when it is none. Paths are as the app has them: `servers` (its root path) is the proxy's matter, and the gateway adds none. */
export function readApi(document: unknown): Api | undefined {
  if (!isObject(document) || typeof document['openapi'] !== 'string' || !isObject(document['paths'])) return undefined;
  const operations: Operation[] = [];
  for (const [path, item] of Object.entries(document['paths'])) {
    if (operations.length >= mostOperations) break;
    operations.push(...operationsOf(path, resolve(item, document), document));
  }
  return { operations, schemes: schemesOf(document) };
}

function operationsOf(path: string, item: Schema | undefined, root: Schema): Operation[] {
  if (!item || !path.startsWith('/')) return [];
  return tryMethods.flatMap((method) => {
    const found = item[method.toLowerCase()];
    if (!isObject(found)) return [];
    const [parameters, bodies, schemes] = [once(() => parametersOf(item, found, root)), once(() => bodiesOf(resolve(found['requestBody'], root), root)), once(() => namesOf(found['security'] ?? root['security']))];
    return [{
      id: `${method} ${path}`, method, path, summary: words(found['summary'], 200) ?? '', isDeprecated: found['deprecated'] === true,
      get parameters() { return parameters().parameters; }, get isCut() { return parameters().isCut; }, get bodies() { return bodies(); }, get schemes() { return schemes(); },
    }];
  });
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What the operation says about one of its path replaces it. */
function parametersOf(item: Schema, found: Schema, root: Schema): Pick<Operation, 'parameters' | 'isCut'> {
  const byName = new Map<string, Schema>();
  let isCut = false;
  for (const value of [...list(item['parameters']), ...list(found['parameters'])]) {
    const one = resolve(value, root);
    if (typeof one?.['name'] !== 'string') continue;
    const key = JSON.stringify([one['in'], one['name']]);
    if (byName.has(key) || byName.size < mostFields) byName.set(key, one);
    else isCut = true;
  }
  return { parameters: [...byName.values()].flatMap((one) => parameterOf(one, root)), isCut };
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
  const { enum: values } = schema;
  const choices = Array.isArray(values) && values.length <= mostChoices ? values.map((one) => (one === null ? 'null' : toText(one))) : type === 'boolean' ? ['true', 'false'] : [];
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
  return Object.entries(body['content']).slice(0, mostBodies).map(([type, media]) => {
    const around = resolve(media, root) ?? {};
    const schema = firstOf(resolve(around['schema'], root) ?? {}, root);
    const example = shownExample(around) ?? exampleOf(schema, root);
    const required = list(schema['required']);
    const parts = isForm(type) && isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
    const fields = parts.slice(0, mostFields).map(([name, part]) => fieldOf(name, part, required.includes(name), root));
    return { type, isRequired: body['required'] === true, fields, isCut: parts.length > mostFields, example: isForm(type) || typeof example === 'string' && !isJson(type) ? toText(example) : isJson(type) ? textOfJson(example ?? {}, 2) : '' };
  });
}

const isForm = (type: string): boolean => /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type);
export const isJson = (type: string): boolean => /^[\w.+-]+\/(?:[\w.+-]+\+)?json\b/i.test(type);

function schemesOf(root: Schema): Scheme[] {
  const components = root['components'];
  const found = isObject(components) && isObject(components['securitySchemes']) ? components['securitySchemes'] : {};
  return Object.entries(found).slice(0, mostSchemes).flatMap(([name, value]): Scheme[] => {
    const scheme = resolve(value, root);
    const type = scheme?.['type'];
    if (type === 'http' && words(scheme?.['scheme'])?.toLowerCase() === 'basic') return [{ name, kind: 'basic' }];
    const place = scheme?.['in'];
    if (type === 'apiKey' && typeof scheme?.['name'] === 'string' && (place === 'query' || place === 'header' || place === 'cookie')) return [{ name, kind: 'apiKey', place, key: scheme['name'] }];
    return type === 'http' || type === 'oauth2' || type === 'openIdConnect' ? [{ name, kind: 'bearer' }] : [];
  });
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const words = (value: unknown, letters = wordLetters): string | undefined => (typeof value === 'string' && value !== '' ? drawnText(value, letters) : undefined);
const namesOf = (security: unknown): string[] => [...new Set(list(security).flatMap((one) => (isObject(one) ? Object.keys(one) : [])))];
/** As it stands in a field; a list with commas. */
function toText(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = Array.isArray(value) ? value.slice(0, mostChoices).map((one) => (Array.isArray(one) ? textOfJson(one) : toText(one))).join(', ') : typeof value === 'object' ? textOfJson(value) : String(value);
  return text.slice(0, initialLetters).toWellFormed();
}

/** Empty where it is nested deeper than can be written. */
function textOfJson(value: unknown, indent?: number): string {
  if (isDeep(value)) return '';
  try {
    const text = JSON.stringify(value, null, indent);
    return text.length > initialLetters ? '' : text;
  } catch {
    return '';
  }
}
