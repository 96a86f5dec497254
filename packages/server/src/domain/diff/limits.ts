import { isDeepStrictEqual } from 'node:util';
import { type Comparison, tellNarrower, tellWider } from './comparison.ts';
import type { Part } from './document.ts';

/** Keywords whose larger value allows more, and those whose larger value allows less. */
const ceilings = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
const floors = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
/** Keywords of which nobody can tell whether one value allows more than another. */
const rules = ['format', 'pattern', 'multipleOf', 'contentMediaType', 'contentEncoding', 'prefixItems', 'uniqueItems'];

/** Adds what changed of the bounds and forms of a value. */
export function compareLimits(comparison: Comparison, before: Part, after: Part, place: string): void {
  for (const [keywords, sign] of [[ceilings, 1], [floors, -1]] as const) {
    for (const keyword of keywords) {
      const [former, next] = [numberOf(before[keyword]), numberOf(after[keyword])];
      if (former === next) continue;
      const words = tellRule(place, keyword, former?.toString(), next?.toString());
      const isNarrower = former === undefined || (next !== undefined && (next - former) * sign < 0);
      (isNarrower ? tellNarrower : tellWider)(comparison, words, words);
    }
  }
  for (const keyword of rules) {
    const [former, next] = [before[keyword] || undefined, after[keyword] || undefined];
    if (isDeepStrictEqual(former, next)) continue;
    const words = tellRule(place, keyword, former && short(former), next && short(next));
    if (former === undefined) tellNarrower(comparison, words, words);
    else if (next === undefined) tellWider(comparison, words, words);
    else comparison.reasons.push({ isBreaking: true, message: words });
  }
}

/** Each a whole sentence: the elements have them in other languages. */
function tellRule(place: string, keyword: string, former: string | undefined, next: string | undefined): string {
  if (next === undefined) return `${place} has ${keyword} no more, it was ${former}`;
  return former === undefined ? `${place} has ${keyword} ${next}` : `${place} has ${keyword} ${next} instead of ${former}`;
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const short = (value: unknown): string => JSON.stringify(value).slice(0, 100);
