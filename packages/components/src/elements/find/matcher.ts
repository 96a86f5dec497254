import { compile } from './pattern/program.ts';
import { createMachine } from './pattern/run.ts';
import { createScanner } from './pattern/scan.ts';
import { literalOf, readPattern } from './pattern/syntax.ts';

export interface Query { readonly text: string; readonly isCaseKept: boolean; readonly isWholeWord: boolean; readonly isRegExp: boolean }

/** UTF-16 offsets in a line. */
export interface Match { readonly from: number; readonly to: number }

export interface Matcher {
  /** False when no line of a text can have a match: quicker than to look. */
  mayFind(text: string): boolean;
  /** All of a line, which has no end of line in it, up to `lineMax`; the first thousand. */
  find(line: string): Match[];
  /** What a match becomes: `$1`, `$<name>`, `$&` and `$$` stand for something where expressions are searched for. */
  replace(line: string, match: Match, replacement: string): string;
}

const perLineMax = 1_000;
/** UTF-16 units of a line that are searched. It does not end there: `$` and the edges of words are asked of the whole line, as they are when it is replaced. */
export const lineMax = 20_000;
const endOf = (line: string): number => Math.min(line.length, lineMax);

/** Throws a `PatternError` for what cannot be searched for. */
export function createMatcher(query: Query): Matcher {
  if (!query.isRegExp) return { mayFind: createTest(query.text, query.isCaseKept), find: createFinder(query), replace: (_line, _match, replacement) => replacement };
  const syntax = readPattern(query.text);
  const program = compile(syntax, query.isCaseKept, query.isWholeWord);
  const [scan, take] = [createScanner(program), createMachine(program, syntax.groups)];
  const mayFind = createTest(literalOf(syntax.root), query.isCaseKept);
  return {
    mayFind,
    find: (line) => (!mayFind(line) ? [] : collect(endOf(line), (from) => {
      const found = scan(line, from, endOf(line));
      return found === -1 ? undefined : { from: found % 2 ** 21, to: Math.floor(found / 2 ** 21) };
    })),
    replace(line, { from }, replacement) {
      const slots = take(line, from, endOf(line))!;
      const group = (index: number): string => (slots[2 * index] === -1 || slots[2 * index + 1] === -1 ? '' : line.slice(slots[2 * index], slots[2 * index + 1]));
      return replacement.replaceAll(/\$(?:([$&])|(\d{1,2})|<([^>]*)>)/g, (whole: string, sign?: string, digits?: string, name?: string) => {
        if (sign === '$') return '$';
        if (sign === '&') return group(0);
        const index = digits === undefined ? syntax.names.get(name!) : Number(digits);
        return index === undefined || index > syntax.groups ? whole : group(index);
      });
    },
  };
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function createTest(text: string, isCaseKept: boolean): (text: string) => boolean {
  if (text === '') return () => true;
  const expression = new RegExp(escape(text), isCaseKept ? 'u' : 'iu');
  return (searched) => expression.test(searched);
}

/** Plain text: nothing in it repeats, so that the browser's own engine cannot be kept busy. */
function createFinder({ text, isCaseKept, isWholeWord }: Query): Matcher['find'] {
  const expression = new RegExp(escape(text), isCaseKept ? 'gu' : 'giu');
  const isWord = (line: string, at: number): boolean => /[\p{L}\p{N}_]/u.test(line.charAt(at));
  return (line) => collect(endOf(line), (start) => {
    const searched = line.slice(0, lineMax);
    for (let from = start; from <= searched.length; ) {
      expression.lastIndex = from;
      const found = expression.exec(searched);
      if (!found) return undefined;
      const match = { from: found.index, to: found.index + found[0].length };
      const isInWord = isWordEdgeBroken(line, match, isWord);
      if (!isWholeWord || !isInWord) return match;
      from = match.from + 1;
    }
    return undefined;
  });
}

function isWordEdgeBroken(line: string, { from, to }: Match, isWord: (line: string, at: number) => boolean): boolean {
  return (from > 0 && isWord(line, from - 1) && isWord(line, from)) || (to < line.length && isWord(line, to) && isWord(line, to - 1));
}

/** One after the other; what matches nothing is none. */
function collect(end: number, next: (from: number) => Match | undefined): Match[] {
  const matches: Match[] = [];
  for (let from = 0; from <= end && matches.length < perLineMax; ) {
    const match = next(from);
    if (!match) break;
    if (match.to > match.from) matches.push(match);
    from = match.to > match.from ? match.to : match.to + 1;
  }
  return matches;
}
