import type { ChangeReason, Diff, RouteChange, SchemaChange } from '@fapi/sdk/contract';
import { type Comparison, cut, isSpent } from './comparison.ts';
import { collectNames, entriesOf, findUnchanged, isTooDeep, type Part, schemasOf } from './document.ts';
import { listOperations, type Operation, shapeOfPath } from './operations.ts';
import { compareOperations } from './route.ts';
import { compareSchemas } from './schema.ts';

/** A document may name itself in a hundred ways: so many schemas are looked at, in a fraction of a second. */
const comparedSchemas = 50_000;
const reasonsTold = 50;
const reasonLetters = 500;

/** What changed of the routes and schemas of two OpenAPI documents, sorted, and which of it can break a client that worked before; what is looked at when time `isOver` is the last. */
export function compareApis(from: Part, to: Part, isOver: () => boolean): Diff['api'] {
  if (isTooDeep(from) || isTooDeep(to)) return { isKnown: false, reason: 'The documents are nested too deeply to be compared.', routes: [], schemas: [] };
  const known = { left: { count: comparedSchemas, isOver }, unchanged: findUnchanged(from, to) };
  const routes = compareRoutes(from, to, known);
  const schemas = compareComponents(from, to, known);
  return { isKnown: true, ...(isSpent(known.left) ? { reason: 'The documents are too large to be compared as a whole: there may be more changes.' } : {}), routes, schemas };
}

type Known = Pick<Comparison, 'left' | 'unchanged'>;

function compareRoutes(from: Part, to: Part, known: Known): RouteChange[] {
  let [gone, fresh] = [listOperations(from), listOperations(to)];
  const changes: RouteChange[] = [];
  for (const keyOf of [({ method, path }: Operation) => `${method} ${path}`, ({ method, path }: Operation) => `${method} ${shapeOfPath(path)}`]) {
    const byKey = new Map(fresh.map((operation) => [keyOf(operation), operation]));
    gone = gone.filter((before) => {
      const key = keyOf(before);
      const after = byKey.get(key);
      if (!after) return true;
      byKey.delete(key);
      if (isSpent(known.left)) return false;
      const reasons = compareOperations(from, to, before, after, known);
      known.left.count -= reasons.length;
      if (reasons.length > 0) changes.push({ method: after.method, path: after.path, change: 'changed', ...toVerdict(reasons) });
      return false;
    });
    fresh = [...byKey.values()];
  }
  changes.push(...gone.map(({ method, path }): RouteChange => ({ method, path, change: 'removed', ...toVerdict([{ isBreaking: true, message: 'the route is gone' }]) })));
  changes.push(...fresh.map(({ method, path }): RouteChange => ({ method, path, change: 'added', isBreaking: false, reasons: [] })));
  return changes.toSorted((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
}

function compareComponents(from: Part, to: Part, known: Known): SchemaChange[] {
  const [before, after] = [schemasOf(from), schemasOf(to)];
  const [sent, answered] = [namesIn([from, to], ['parameters', 'requestBody']), namesIn([from, to], ['responses'])];
  const changes: SchemaChange[] = [];
  for (const [name, former] of before) {
    if (!after.has(name)) {
      // Whether somebody misses it is told by the routes that used it.
      changes.push({ name, change: 'removed', isBreaking: false, reasons: [] });
      continue;
    }
    if (known.unchanged.has(name) || isSpent(known.left)) continue;
    const reasons: ChangeReason[] = [];
    const isUnused = !sent.has(name) && !answered.has(name);
    for (const direction of ['request', 'response'] as const) {
      if (isUnused || (direction === 'request' ? sent : answered).has(name)) compareSchemas({ from, to, direction, reasons, seen: new Set(), stopsAtNames: true, ...known }, former, after.get(name), 'it');
    }
    if (reasons.length > 0) changes.push({ name, change: 'changed', ...toVerdict(reasons) });
  }
  for (const name of after.keys()) if (!before.has(name)) changes.push({ name, change: 'added', isBreaking: false, reasons: [] });
  return changes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The schemas that are reached from these parts of any route. */
function namesIn(documents: readonly Part[], parts: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const document of documents) {
    const seen = new Set<string>();
    const schemas = schemasOf(document);
    for (const [, item] of entriesOf(document['paths'])) {
      for (const [key, operation] of entriesOf(item)) {
        if (key === 'parameters' && parts.includes(key)) collectNames(schemas, operation, seen);
        for (const part of parts) collectNames(schemas, entriesOf(operation).get(part), seen);
      }
    }
    for (const name of seen) names.add(name);
  }
  return names;
}

/** Breaking ones first, each once, the first 50; one that breaks one way and not the other breaks. */
function toVerdict(reasons: readonly ChangeReason[]): { isBreaking: boolean; reasons: ChangeReason[] } {
  const byMessage = new Map<string, ChangeReason>();
  for (const reason of reasons.map(({ isBreaking, message }) => ({ isBreaking, message: cut(message, reasonLetters) }))) if (!byMessage.get(reason.message)?.isBreaking) byMessage.set(reason.message, reason);
  const unique = [...byMessage.values()];
  return { isBreaking: unique.some(({ isBreaking }) => isBreaking), reasons: [...unique.filter(({ isBreaking }) => isBreaking), ...unique.filter(({ isBreaking }) => !isBreaking)].slice(0, reasonsTold) };
}
