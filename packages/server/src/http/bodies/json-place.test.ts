import { describe, expect, it } from 'vitest';
import { findJsonFault } from './json-place.ts';

describe('a text that is no JSON', () => {
  it.each([
    ['{"title":', 'a value is expected, at line 1, column 10'],
    ['title=x', 'a word or a sign that JSON does not know, at line 1, column 1'],
    ['{"a":1,}', 'a name in double quotes is expected, at line 1, column 8'],
    ['{\n  "a": 1\n  "b": 2\n}', 'a comma is expected, at line 3, column 3'],
    ['{"a":1', 'a comma or } is expected, at line 1, column 7'],
    ['{}{}', 'the end is expected, at line 1, column 3'],
    ["{'a':1}", 'a word or a sign that JSON does not know, at line 1, column 2'],
    ['{"a" 1}', 'a colon is expected, at line 1, column 6'],
    ['[1,]', 'a value is expected, at line 1, column 4'],
    ['["\\x"]', 'an escape that JSON does not know, at line 1, column 2'],
    ['["a\tb"]', 'a control character that must be escaped, at line 1, column 2'],
    ['["abc]', 'a text does not end, at line 1, column 2'],
    ['', 'a value is expected, at line 1, column 1'],
  ])('%j: %s', (text, fault) => {
    expect(findJsonFault(text)).toBe(fault);
  });

  it('is found behind a million letters', () => {
    expect(findJsonFault(`{"a":"${'x\\n'.repeat(330_000)}",}`)).toBe('a name in double quotes is expected, at line 1, column 990009');
  });
});
