import type { App } from '@fapi/sdk/contract';
import { describe, expect, it } from 'vitest';
import { changesOf, freshnessOf, healthOf, type Ingredients, rolloutOf } from '../src/domain/deployments/facts.ts';

const next = { code: 'c2', dependencies: 'd2', envLiveVersion: 5, exclusive: false };
const live: Ingredients = { code: 'c2', dependencies: 'd2', envVersion: 5, exclusive: false };
const none: App['changes'] = { code: false, environment: false, dependencies: false, settings: false };

describe('freshness', () => {
  it.each<[string, Ingredients | undefined, Partial<App['changes']>, App['freshness']]>([
    ['nothing is live', undefined, {}, 'never_deployed'],
    ['the same is live', live, {}, 'up_to_date'],
    ['other code is live', { ...live, code: 'c1' }, { code: true }, 'not_deployed'],
    ['what it depends on was another', { ...live, dependencies: 'd1' }, { dependencies: true }, 'not_deployed'],
    ['an older environment is live', { ...live, envVersion: 4 }, { environment: true }, 'not_deployed'],
    ['only values for drafts have changed since', { ...live, envVersion: 7 }, {}, 'up_to_date'],
    ['it runs with other settings', { ...live, exclusive: true }, { settings: true }, 'not_deployed'],
    ['all of it is another', { code: '', dependencies: '', envVersion: 0, exclusive: true }, { code: true, dependencies: true, environment: true, settings: true }, 'not_deployed'],
  ])('when %s', (_, served, changes, freshness) => {
    const found = changesOf(next, served);
    expect(found).toEqual({ ...none, ...changes });
    expect(freshnessOf(found, served)).toBe(freshness);
  });
});

it.each([
  [undefined, 'idle'], ['queued', 'working'], ['validating', 'working'], ['preparing', 'working'], ['starting', 'working'], ['verifying', 'working'],
  ['live', 'idle'], ['failed', 'failed'], ['cancelled', 'idle'], ['superseded', 'idle'], ['stopped', 'idle'],
] as const)('rollout with the newest %s is %s', (status, expected) => {
  expect(rolloutOf(status && { status })).toBe(expected);
});

it.each([
  ['running', true, false, 'running'], ['asleep', true, false, 'asleep'], ['crashed', true, false, 'crashed'], ['unknown', true, false, 'unknown'],
  ['running', false, false, 'unknown'], ['running', true, true, 'stopped'], ['crashed', false, true, 'stopped'],
] as const)('health by the word %s, live %s and stopped %s is %s', (word, isLive, isStopped, expected) => {
  expect(healthOf(word, isLive ? {} : undefined, isStopped)).toBe(expected);
});
