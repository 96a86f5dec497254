import { cut } from './comparison.ts';
import { listOf, type Part, resolve, textsOf, entriesOf, toPart } from './document.ts';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export interface Operation { method: string; path: string; operation: Part; parameters: Map<string, Parameter> }
export interface Parameter { place: string; isRequired: boolean; schema: unknown; default: unknown }

export function listOperations(document: Part): Operation[] {
  return [...entriesOf(document['paths'])].flatMap(([path, value]) => {
    const item = resolve(document, value);
    return methods.filter((method) => entriesOf(item).has(method)).map((method): Operation => {
      const operation = toPart(item[method]);
      return { method: method.toUpperCase(), path, operation, parameters: listParameters(document, path, [...listOf(item['parameters']), ...listOf(operation['parameters'])]) };
    });
  });
}

/** `/items/{id}` and `/items/{item_id}` are one route to those who call it. */
export const shapeOfPath = (path: string): string => path.replaceAll(/\{[^{}]*\}/g, '{}');

/** By where they are sent and their name; those of a path by their place in it, and a later one replaces an earlier one. */
function listParameters(document: Part, path: string, values: readonly unknown[]): Map<string, Parameter> {
  const inPath = [...path.matchAll(/\{([^}:]*)/g)].map(([, name]) => name);
  return new Map(values.flatMap((value): [string, Parameter][] => {
    const { in: where, name, required, schema } = resolve(document, value);
    if (typeof where !== 'string' || typeof name !== 'string') return [];
    const key = where === 'path' ? String(inPath.indexOf(name)) : where === 'header' ? name.toLowerCase() : name;
    return [[`${where} ${key}`, { place: `${where} parameter ${cut(name)}`, isRequired: required === true || where === 'path', schema, default: toPart(schema)['default'] }]];
  }));
}

/** What a call must bring to be let in, as alternatives of scheme names; without any it is open. */
export function accessOf(document: Part, operation: Part): string[][] {
  const alternatives = listOf(operation['security'] ?? document['security']).map((alternative) => [...entriesOf(alternative)].flatMap(([name, scopes]) => (textsOf(scopes).length > 0 ? textsOf(scopes).map((scope) => `${name} ${scope}`) : [name])));
  return alternatives.some((names) => names.length === 0) ? [] : alternatives;
}
