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
      const words = `${place} has ${keyword} ${next ?? 'no more'}${former === undefined ? '' : next === undefined ? `, it was ${former}` : ` instead of ${former}`}`;
      const isNarrower = former === undefined || (next !== undefined && (next - former) * sign < 0);
      (isNarrower ? tellNarrower : tellWider)(comparison, words, words);
    }
  }
  for (const keyword of rules) {
    const [former, next] = [before[keyword] || undefined, after[keyword] || undefined];
    if (isDeepStrictEqual(former, next)) continue;
    const words = `${place} has ${keyword} ${next === undefined ? 'no more' : short(next)}${former === undefined ? '' : next === undefined ? `, it was ${short(former)}` : ` instead of ${short(former)}`}`;
    if (former === undefined) tellNarrower(comparison, words, words);
    else if (next === undefined) tellWider(comparison, words, words);
    else comparison.reasons.push({ isBreaking: true, message: words });
  }
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const short = (value: unknown): string => JSON.stringify(value).slice(0, 100);
