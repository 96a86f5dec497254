/** Of groups in groups: each is a few calls of ours in one another. */
const depthMax = 100;

/** What cannot be searched for, and why. */
export type PatternProblem = 'invalid' | 'unsupported' | 'large';
export class PatternError extends Error {
  readonly problem: PatternProblem;
  constructor(problem: PatternProblem) {
    super(problem);
    this.problem = problem;
  }
}

export type Assertion = 'start' | 'end' | 'word' | 'inWord';
/** A regular expression as a tree. A `char` is the source of whatever matches one character, left to the browser's own engine. */
export type Node =
  | { readonly kind: 'char'; readonly source: string }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'sequence' | 'either'; readonly parts: readonly Node[] }
  | { readonly kind: 'group'; readonly index: number; readonly part: Node }
  | { readonly kind: 'repeat'; readonly part: Node; readonly least: number; readonly most: number; readonly isLazy: boolean };

export interface Syntax { readonly root: Node; readonly groups: number; readonly names: ReadonlyMap<string, number> }

/**
 * Reads a pattern of JavaScript's `u` mode. What needs to go back in the text, a back reference or a look around, is refused:
 * only without them the time for a text is bounded by its length.
 */
export function readPattern(pattern: string): Syntax {
  // Every fault of form is found by who knows the form.
  try { new RegExp(pattern, 'u'); } catch { throw new PatternError('invalid'); }
  const names = new Map<string, number>();
  let [at, groups, depth] = [0, 0, 0];
  const take = (length: number): string => pattern.slice(at, (at += length));
  const takeMatch = (expression: RegExp): string => take(expression.exec(pattern.slice(at))?.[0].length ?? 1);

  function readEither(): Node {
    const parts = [readSequence()];
    while (pattern[at] === '|') {
      at += 1;
      parts.push(readSequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'either', parts };
  }
  function readSequence(): Node {
    const parts: Node[] = [];
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') parts.push(readRepeat(readAtom()));
    return { kind: 'sequence', parts };
  }
  function readAtom(): Node {
    const first = pattern[at]!;
    if (first === '(') return readGroup();
    if (first === '^' || first === '$') {
      at += 1;
      return { kind: 'assert', what: first === '^' ? 'start' : 'end' };
    }
    if (first === '[') return { kind: 'char', source: takeMatch(/^\[(?:\\.|[^\\\]])*\]/su) };
    if (first !== '\\') return { kind: 'char', source: takeMatch(/^./su) };
    const escaped = pattern[at + 1]!;
    if (escaped === 'b' || escaped === 'B') {
      at += 2;
      return { kind: 'assert', what: escaped === 'b' ? 'word' : 'inWord' };
    }
    if (/[1-9k]/.test(escaped)) throw new PatternError('unsupported');
    return { kind: 'char', source: takeMatch(/^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|.)/su) };
  }
  function readGroup(): Node {
    const opening = /^\((?:\?:|\?<([^=!>][^>]*)>|\?)?/u.exec(pattern.slice(at))!;
    if (opening[0] === '(?') throw new PatternError('unsupported');
    at += opening[0].length;
    const index = opening[0] === '(?:' ? undefined : (groups += 1);
    if (opening[1] !== undefined) names.set(opening[1], index!);
    if (++depth > depthMax) throw new PatternError('large');
    const part = readEither();
    depth -= 1;
    at += 1;
    return index === undefined ? part : { kind: 'group', index, part };
  }
  function readRepeat(part: Node): Node {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(pattern.slice(at));
    if (!found) return part;
    at += found[0].length;
    const isLazy = pattern[at] === '?';
    if (isLazy) at += 1;
    const [least, most] = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[found[0]] ?? [Number(found[1]), found[2] === '' ? Number(found[1]) : found[3] === '' ? Infinity : Number(found[3])];
    return { kind: 'repeat', part, least: least!, most: most!, isLazy };
  }
  return { root: readEither(), groups, names };
}

/** The longest text that every match holds, to pass over lines without it at once; empty when none is known. */
export function literalOf(node: Node): string {
  if (node.kind === 'char') return isPlain(node.source) ? node.source.replace(/^\\(?=.)/u, '') : '';
  if (node.kind === 'group') return literalOf(node.part);
  if (node.kind === 'repeat') return node.least > 0 ? literalOf(node.part) : '';
  if (node.kind !== 'sequence') return '';
  let [longest, run] = ['', ''];
  for (const part of node.parts) {
    const text = literalOf(part);
    // Only single characters are known to stand side by side.
    run = part.kind === 'char' && text !== '' ? run + text : '';
    for (const one of [run, text]) if (one.length > longest.length) longest = one;
  }
  return longest;
}

/** A character that means itself, escaped or not. */
const isPlain = (source: string): boolean => (source.startsWith('\\') ? /^\\[\^$.*+?()[\]{}|/\\]$/u.test(source) : source !== '.' && !source.startsWith('['));
