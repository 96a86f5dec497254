import { describe, expect, it } from 'vitest';
import { findJsonFault } from './json-place.ts';

/** The platform's parser is the judge of what JSON is. */
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('a text that is no JSON', () => {
  it.each([
    ['{"title":', 'it ends where a value is expected, at line 1, column 10'],
    ['title=x', 'a value is expected, at line 1, column 1'],
    ['{"a":1,}', 'a name in double quotes is expected, at line 1, column 8'],
    ['{\n  "a": 1\n  "b": 2\n}', 'a comma or the end of the list or object is expected, at line 3, column 3'],
    ['{}{}', 'the end is expected, at line 1, column 3'],
    ["{'a':1}", 'a name in double quotes or } is expected, at line 1, column 2'],
    ['{"a" 1}', 'a colon is expected, at line 1, column 6'],
    ['[1,]', 'a value is expected, at line 1, column 4'],
    ['["\\x"]', 'an escape that JSON does not know, at line 1, column 3'],
    ['["a\tb"]', 'a control character that must be escaped, at line 1, column 4'],
    ['["abc]', 'a text begins that does not end, at line 1, column 2'],
    ['', 'it ends where a value is expected, at line 1, column 1'],
  ])('%j: %s', (text, fault) => {
    expect(findJsonFault(text)).toBe(fault);
  });

  it('is found wherever the parser refuses one, and nowhere else', () => {
    const pieces = ['{', '}', '[', ']', ',', ':', '"', 'a', '\\', '\\n', '\\u00e9', '\\u0', '1', '-', '01', '1.5', '1.', '1e5', 'e', '+', 'true', 'null', 'nul', ' ', '\n', '\t', '\uFEFF', '"k":1', '"x"'];
    let seed = 7;
    const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 30_000; round++) {
      const text = Array.from({ length: 1 + next(7) }, () => pieces[next(pieces.length)]).join('');
      expect(findJsonFault(text) === undefined, JSON.stringify(text)).toBe(isJson(text));
    }
  });

  it('is found behind a million letters', () => {
    expect(findJsonFault(`{"a":"${'x\\n'.repeat(330_000)}",}`)).toBe('a name in double quotes is expected, at line 1, column 990009');
  });
});
