import { expect, it } from 'vitest';
import { toReason } from './to-reason.ts';

const refused = new Error('connect ECONNREFUSED 127.0.0.1:9');
const failed = new TypeError('fetch failed', { cause: refused });

it.each([
  ['what was thrown', 'gone', 'gone'],
  ['the error', refused, 'connect ECONNREFUSED 127.0.0.1:9'],
  ['why a fetch failed', failed, 'fetch failed (connect ECONNREFUSED 127.0.0.1:9)'],
  ['nothing twice', new Error('the bundle could not be fetched: fetch failed', { cause: failed }), 'the bundle could not be fetched: fetch failed (connect ECONNREFUSED 127.0.0.1:9)'],
  ['nothing of a cause without words', new Error('gone', { cause: new AggregateError([refused]) }), 'gone'],
])('says %s', (_what, error, reason) => expect(toReason(error)).toBe(reason));

it('ends where a cause is its own cause', () => {
  const error = new Error('round');
  error.cause = new Error('and round', { cause: error });
  expect(toReason(error)).toBe('round (and round)');
});
