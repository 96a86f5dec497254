import { createMatcher, type Query } from '../src/elements/find/matcher.ts';
import { PatternError } from '../src/elements/find/pattern/syntax.ts';
import { replaceIn } from '../src/elements/find/search.ts';
import { expect } from './show.ts';

const query = (text: string, change: Partial<Query> = {}): Query => ({ text, isCaseKept: true, isWholeWord: false, isRegExp: true, ...change });
const found = (text: string, line: string, change: Partial<Query> = {}): string[] => createMatcher(query(text, change)).find(line).map(({ from, to }) => line.slice(from, to));
const problem = (text: string): string | undefined => {
  try { createMatcher(query(text)); } catch (error) { return (error as PatternError).problem; }
  return undefined;
};

describe('a regular expression of the search', () => {
  const lines = ['', 'abc', 'aaa', 'foo(bar, baz)', '@app.get("/items/{item_id}")', '  return x  # why?', 'a1b22c333', 'äöü Ä ß 😀x😀', 'ab ab abab', 'x'.repeat(40), 'key = "value" "other"', 'aXbXXc', '2024-01-02 12:30', 'a\tb'];
  const patterns = ['a', 'a*', 'a+b?', '(a|b)+', 'a|ab|abc', 'abc|ab|a', '(a*)*', '(a|aa)+$', '^a', 'c$', '^$', '\\bab\\b', '\\Bb', '[a-c]{2}', '[^a-z\\s]+', '\\d{1,2}', '\\d{2,}', '\\d{2,3}?', '".*"', '".*?"', '(\\w+)\\((\\w+)', '(?:ab)+', '(?<year>\\d{4})-(\\d\\d)', '\\p{Lu}', '.', '\\u{1F600}', '\\s+', '\\t', '@\\w+(\\.\\w+)*', '(x+x+)+y', 'x{3}', '()', '(a?)(ab)?', '[\\]\\w-]+', '\\x61', '(?:a|b|)c'];

  it('finds what JavaScript finds, in each case of letters', () => {
    for (const pattern of patterns) for (const line of lines) for (const isCaseKept of [true, false]) {
      if (pattern === '(x+x+)+y' && line.startsWith('xx')) continue;
      const wanted = [...line.matchAll(new RegExp(pattern, isCaseKept ? 'gu' : 'giu'))].filter(([text]) => text !== '');
      const matcher = createMatcher(query(pattern, { isCaseKept }));
      const matches = matcher.find(line);
      expect([pattern, line, matches.map(({ from, to }) => [from, to])], [pattern, line, wanted.map((match) => [match.index, match.index + match[0].length])]);
      expect([pattern, line, matches.map((match) => matcher.replace(line, match, '<$1|$&|$$|$9>'))], [pattern, line, wanted.map((match) => (match.length === 1 ? `<$1|${match[0]}|$|$9>` : `<${match[1] ?? ''}|${match[0]}|$|$9>`))]);
    }
  });

  it('is never catastrophic: what keeps an engine that goes back busy for ever is through at once', () => {
    const line = 'x'.repeat(5_000);
    for (const pattern of ['(x+x+)+y', '(x|xx)+y', '(x*)*y', '(.*)(.*)(.*)(.*)(.*)y', '^(\\w+\\s?)*$!']) expect(found(pattern, line), []);
  });

  it('sees the whole of a long line, of which it takes the beginning only', async () => {
    const long = `${'x'.repeat(19_999)}yz`;
    expect(['y$', 'y\\b', 'yz', 'xy\\B'].map((pattern) => found(pattern, long)), [[], [], [], ['xy']]);
    const last = `${' '.repeat(19_999)}yz`;
    expect([true, false].map((isRegExp) => found('y', last, { isRegExp, isWholeWord: true })), [[], []]);
    expect(await replaceIn(long, createMatcher(query('(y)$')), '<$1>'), { content: long, places: 0 });
    expect(await replaceIn(long, createMatcher(query('(x)y')), '$1-'), { content: `${'x'.repeat(19_999)}-z`, places: 1 });
  });

  it('is refused when it is none, when it looks around or back, and when it is written out too long', () => {
    expect(['(a', 'a**', '\\'].map(problem), ['invalid', 'invalid', 'invalid']);
    expect(['(a)\\1', '(?=a)b', '(?!a)', '(?<=a)b', '(?<!a)b', '(?<n>a)\\k<n>'].map(problem), Array.from({ length: 6 }, () => 'unsupported'));
    expect(problem('(?:(?:a{50}){50}){50}'), 'large');
    expect(problem(`${'('.repeat(2_500)}a${')'.repeat(2_500)}`), 'large');
    expect(['(?:){9999999999}', '(?:(?:(?:){5000}){5000}){5000}', '(?:(?:){0,9999}){0,9999}'].map(problem), ['large', 'large', 'large']);
  });

  it('replaces with what its groups have taken, name and number', async () => {
    const matcher = createMatcher(query('(?<key>\\w+) = (\\d+)'));
    expect(await replaceIn('a = 1\r\nb = x\nc = 3', matcher, '$<key>: $2, $3 $$'), { content: 'a: 1, $3 $\r\nb = x\nc: 3, $3 $', places: 2 });
  });
});

describe('a text of the search', () => {
  it('means itself, is found in each case unless that matters, and as a whole word when asked', () => {
    expect(found('a.b', 'a.b axb A.B', { isRegExp: false }), ['a.b']);
    expect(found('a.b', 'a.b axb A.B', { isRegExp: false, isCaseKept: false }), ['a.b', 'A.B']);
    expect(found('item', 'item items my_item (item) item.id', { isRegExp: false, isWholeWord: true }), ['item', 'item', 'item']);
    expect(found('größe', 'größe größen', { isRegExp: false, isWholeWord: true }), ['größe']);
    expect(found('ite.', 'item items', { isWholeWord: true }), ['item']);
  });

  it('is replaced as it is typed', async () => {
    expect(await replaceIn('a a\nb\n', createMatcher(query('a', { isRegExp: false })), '$1'), { content: '$1 $1\nb\n', places: 2 });
  });
});
