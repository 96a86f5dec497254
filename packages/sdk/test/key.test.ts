import { expect, it } from 'vitest';
import { createClient } from '@fapi/sdk';

it.each([['two lines', 'fok_one\nfok_two'], ['a space', 'fok_one '], ['a letter of a word processor', '\u201cfok_one\u201d'], ['nothing', '']])('refuses a key of %s at once, in words that do not hold it', (_title, apiKey) => {
  const make = (): unknown => createClient({ baseUrl: 'http://fapi.example', apiKey });
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/^apiKey must be one word(?!.*fok_)/);
});
