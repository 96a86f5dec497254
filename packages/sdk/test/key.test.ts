import { expect, it } from 'vitest';
import { createClient } from '@fapi/sdk';
import { client, stage } from './on-stage.ts';
import { answer } from './serve.ts';

it.each([['two lines', 'fok_one\nfok_two', 'must be one word'], ['two words', 'fok_one fok_two', 'must be one word'], ['letters of a word processor', '\u201cfok_one\u201d', 'must be one word'], ['nothing', '', 'is empty'], ['white space', ' \n', 'is empty']])('refuses a key of %s at once, in words that do not hold it', (_title, apiKey, why) => {
  const make = (): unknown => createClient({ baseUrl: 'http://fapi.example', apiKey });
  expect(make).toThrow(TypeError);
  expect(make).toThrow(new RegExp(`^apiKey ${why}(?!.*fok_)`));
});

it('takes a key as a file has it, with a line break at its end', async () => {
  const { url, requests } = await stage((response) => answer(response, 200, { items: [] }));
  await client({ baseUrl: url, apiKey: 'fok_one\n' }).apps.list();
  expect(requests[0]!.headers.authorization).toBe('Bearer fok_one');
});
