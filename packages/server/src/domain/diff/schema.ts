import { isDeepStrictEqual } from 'node:util';
import { type Comparison, cut, isSpent, tellNarrower, tellWider } from './comparison.ts';
import { entriesOf, nameOfRef, type Part, refOf, textsOf } from './document.ts';
import { compareLimits } from './limits.ts';
import { type Shape, shapesOf, valuesOf } from './shape.ts';

const depthLimit = 30;
/** Once one of them breaks, so many are enough; until then the next one may. */
const [reasonsEnough, reasonsLimit] = [50, 1_000];

/** Adds what changed from `before` to `after`; `place` names the value for people. */
export function compareSchemas(comparison: Comparison, before: unknown, after: unknown, place: string, depth = 0): void {
  if (comparison.left.count-- <= 0 || isSpent(comparison.left) || depth > depthLimit || isEnough(comparison)) return;
  const [refBefore, refAfter] = [refOf(before), refOf(after)];
  if (refBefore !== undefined || refAfter !== undefined) {
    if (refBefore === refAfter && ((comparison.stopsAtNames && depth > 0) || comparison.unchanged.has(nameOfRef(refBefore!)))) return;
    if (wasSeen(comparison, 'ref', refBefore ?? place, refAfter ?? place)) return;
  }
  compareShapes(comparison, shapesOf(comparison.from, before), shapesOf(comparison.to, after), place, depth);
}

function isEnough({ reasons, left }: Comparison): boolean {
  // The answer says then that it is not the whole.
  if (reasons.length >= reasonsLimit) left.count = -1;
  return reasons.length >= reasonsLimit || (reasons.length >= reasonsEnough && reasons.some(({ isBreaking }) => isBreaking));
}

function wasSeen({ seen }: Comparison, ...of: readonly string[]): boolean {
  const key = JSON.stringify(of);
  return seen.size === seen.add(key).size;
}

function compareShapes(comparison: Comparison, before: readonly Shape[], after: readonly Shape[], place: string, depth: number): void {
  // To find each one's like costs as much.
  comparison.left.count -= before.length * after.length;
  const [wasAny, isAny] = [before, after].map((shapes) => shapes.some(({ kind }) => kind === 'any'));
  if (wasAny && !isAny) return tellNarrower(comparison, `${place} takes only ${listOf(after)}`, `${place} is always ${listOf(after)}`);
  if (isAny && !wasAny) return tellWider(comparison, `${place} takes anything now`, `${place} may now be anything, it was ${listOf(before)}`);
  const { gone, fresh, pairs } = pair(before, after);
  for (const kind of new Set(gone.map(title))) tellNarrower(comparison, `${place} no longer takes ${kind}`, `${place} is no longer ${kind}`);
  for (const kind of new Set(fresh.map(title))) tellWider(comparison, `${place} also takes ${kind}`, `${place} may now be ${kind}`);
  for (const [one, other] of pairs) compareShape(comparison, one, other, place, depth);
}

const articles: Record<string, string> = { any: 'anything', null: 'null', array: 'an array', object: 'an object', integer: 'an integer' };
const title = ({ kind, name }: Shape): string => cut(name !== undefined && kind === 'object' ? name : Object.hasOwn(articles, kind) ? articles[kind]! : `a ${kind}`);
const listOf = (shapes: readonly Shape[]): string => [...new Set(shapes.map(title))].join(' or ') || 'nothing';

/** Each with its like: by name and kind, then by kind, then an integer with a number. */
function pair(before: readonly Shape[], after: readonly Shape[]): { gone: Shape[]; fresh: Shape[]; pairs: [Shape, Shape][] } {
  const gone: Shape[] = [];
  const pairs: [Shape, Shape][] = [];
  let open = [...before];
  let fresh = [...after];
  const rules: ((one: Shape, other: Shape) => boolean)[] = [
    (one, other) => one.kind === other.kind && (one.name !== undefined ? one.name === other.name : other.name === undefined && isDeepStrictEqual(one.schema, other.schema)),
    (one, other) => one.kind === other.kind,
    (one, other) => [one.kind, other.kind].toSorted().join() === 'integer,number',
  ];
  for (const isLike of rules) {
    const rest: Shape[] = [];
    for (const one of open) {
      const other = fresh.find((candidate) => isLike(one, candidate));
      if (!other) rest.push(one);
      else {
        pairs.push([one, other]);
        fresh = fresh.filter((candidate) => candidate !== other);
      }
    }
    open = rest;
  }
  gone.push(...open);
  return { gone, fresh, pairs };
}

function compareShape(comparison: Comparison, before: Shape, after: Shape, place: string, depth: number): void {
  if (before.name !== undefined || after.name !== undefined) {
    if (before.name === after.name && (comparison.stopsAtNames || comparison.unchanged.has(before.name!))) return;
    if (wasSeen(comparison, before.kind, before.name ?? place, after.name ?? place)) return;
  }
  if (before.kind === 'integer' && after.kind === 'number') tellWider(comparison, `${place} also takes a number with a fraction`, `${place} may now be a number with a fraction`);
  if (before.kind === 'number' && after.kind === 'integer') tellNarrower(comparison, `${place} takes integers only`, `${place} is always an integer`);
  compareValues(comparison, before.schema, after.schema, place);
  compareLimits(comparison, before.schema, after.schema, place);
  if (before.kind === 'array') compareSchemas(comparison, before.schema['items'], after.schema['items'], `${place}[]`, depth + 1);
  if (before.kind === 'object') compareObjects(comparison, before.schema, after.schema, place, depth);
}

function compareValues(comparison: Comparison, before: Part, after: Part, place: string): void {
  const [former, next] = [valuesOf(before), valuesOf(after)];
  const list = (values: readonly unknown[]): string => values.slice(0, 10).map((value) => cut(JSON.stringify(value))).join(', ');
  if (!former && next) return tellNarrower(comparison, `${place} takes only ${list(next)}`, `${place} is only ${list(next)}`);
  if (former && !next) return tellWider(comparison, `${place} takes more than ${list(former)}`, `${place} may now be more than ${list(former)}`);
  if (!former || !next) return;
  const without = (values: readonly unknown[], others: readonly unknown[]): unknown[] => {
    // Most are texts, which are found at once; what is compared part by part costs as schemas do.
    const [plain, parts] = [new Set(others), others.filter((other) => typeof other === 'object' && other !== null)];
    return values.filter((value) => !plain.has(value) && !(typeof value === 'object' && parts.some((other) => comparison.left.count-- > 0 && isDeepStrictEqual(value, other))));
  };
  const [gone, fresh] = [without(former, next), without(next, former)];
  if (gone.length > 0) tellNarrower(comparison, `${place} no longer takes ${list(gone)}`, `${place} is no longer ${list(gone)}`);
  if (fresh.length > 0) tellWider(comparison, `${place} also takes ${list(fresh)}`, `${place} may now be ${list(fresh)}`);
}

const at = (place: string, name: string): string => (place === 'it' ? cut(name) : `${place}.${cut(name)}`);

function compareObjects(comparison: Comparison, before: Part, after: Part, place: string, depth: number): void {
  const { direction, reasons } = comparison;
  const [former, next] = [entriesOf(before['properties']), entriesOf(after['properties'])];
  const [neededBefore, needed] = [new Set(textsOf(before['required'])), new Set(textsOf(after['required']))];
  const isClosed = after['additionalProperties'] === false;
  const isRequest = direction === 'request';
  for (const [name, schema] of former) {
    const field = at(place, name);
    if (!next.has(name)) reasons.push(isRequest ? { isBreaking: isClosed, message: isClosed ? `${field} is no longer taken` : `${field} is no longer read` } : { isBreaking: true, message: `${field} is no longer answered` });
    else {
      if (!neededBefore.has(name) && needed.has(name)) tellNarrower(comparison, `${field} is required now`, `${field} is always there now`);
      if (neededBefore.has(name) && !needed.has(name)) tellWider(comparison, `${field} is no longer required`, `${field} may be absent now`);
      compareSchemas(comparison, schema, next.get(name), field, depth + 1);
    }
  }
  for (const name of next.keys()) {
    if (former.has(name)) continue;
    const isNeeded = isRequest && needed.has(name);
    reasons.push({ isBreaking: isNeeded, message: isNeeded ? `${at(place, name)} is new and required` : `${at(place, name)} is new` });
  }
  compareRest(comparison, before['additionalProperties'], after['additionalProperties'], at(place, '*'), isClosed, depth);
}

/** The fields without a name of their own. */
function compareRest(comparison: Comparison, before: unknown, after: unknown, place: string, isClosed: boolean, depth: number): void {
  if (isClosed && before !== false) return tellNarrower(comparison, `${place}: no other fields are taken any more`, `${place}: there are no other fields any more`);
  if (before === false && !isClosed && comparison.direction === 'request') return tellWider(comparison, `${place}: other fields are taken now`, '');
  if (before === false || isClosed) return;
  const [former, next] = [before ?? true, after ?? true];
  if (!isDeepStrictEqual(former, next)) compareSchemas(comparison, former, next, place, depth + 1);
}
