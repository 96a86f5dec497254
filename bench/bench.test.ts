import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../tools/parts/paths.ts';
import { definitions } from './definitions.ts';
import { describeRows } from './describe.ts';
import { measurements } from './measurements.ts';
import { mergedWith } from './parts/results.ts';
import { describeGoal, makeRow, type RowDefinition } from './parts/row.ts';

const run = { commit: 'abc1234', machine: 'a machine' };
const define = (goal: RowDefinition['goal'], unit: RowDefinition['unit'] = 'ms'): RowDefinition => ({ id: 'a.row', what: 'ours', peer: 'theirs', unit, goal });

describe('the rows of the bench', () => {
  it('are each measured by exactly one measurement, and nothing else is', () => {
    expect(measurements.flatMap(({ ids }) => ids).toSorted()).toEqual(definitions.map(({ id }) => id).toSorted());
    expect(new Set(definitions.map(({ id }) => id)).size).toBe(definitions.length);
  });

  it('are told by docs/bench.md as they are defined', () => {
    expect(readFileSync(join(root, 'docs/bench.md'), 'utf8'), 'paste what "node --conditions=fapi-source bench/describe.ts" prints').toContain(describeRows());
  });
});

describe('a row', () => {
  it.each<[string, RowDefinition['goal'], number[], number[], boolean]>([
    ['a ratio at its limit', [{ of: 'ratio', atMost: 3 }], [6, 6, 6], [2, 2, 2], true],
    ['a ratio above its limit', [{ of: 'ratio', atMost: 3 }], [7, 7, 7], [2, 2, 2], false],
    ['a ratio that must not fall', [{ of: 'ratio', atLeast: 0.95 }], [94], [100], false],
    ['one of two limits that is broken', [{ of: 'ratio', atMost: 0.5 }, { of: 'value', atMost: 15 }], [20], [100], false],
    ['an excess within its limit', [{ of: 'excess', atMost: 100 }], [600], [500], true],
    ['an excess beyond its limit', [{ of: 'excess', atMost: 100 }], [601], [500], false],
  ])('holds its goal against the medians: %s', (_title, goal, ours, peers, isMet) => {
    expect(makeRow(define(goal), { ours, peers }, run).isMet).toBe(isMet);
  });

  it('has the median and the tenth and ninetieth percentile of each side', () => {
    const ours = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect(makeRow(define([{ of: 'ratio', atMost: 1 }]), { ours, peers: [2, 2, 8] }, run)).toMatchObject({ value: 51, p10: 11, p90: 91, peerValue: 2, peerP90: 8, ratio: 25.5, n: 100, commit: 'abc1234', machine: 'a machine' });
  });

  it('sums failures, where a median would hide one in a hundred', () => {
    const ours = [...Array.from({ length: 99 }, () => 0), 1];
    expect(makeRow(define([{ of: 'value', atMost: 0 }], 'failed'), { ours, peers: [400] }, run)).toMatchObject({ value: 1, peerValue: 400, isMet: false });
  });

  it('has no ratio to a peer of nothing', () => {
    expect(makeRow(define([{ of: 'value', atMost: 0 }], 'failed'), { ours: [0], peers: [0] }, run)).toMatchObject({ ratio: null, isMet: true });
  });

  it('is refused without figures', () => {
    expect(() => makeRow(define([]), { ours: [], peers: [1] }, run)).toThrow('a.row has no figures');
  });

  it.each<[RowDefinition['goal'], RowDefinition['unit'], string]>([
    [[{ of: 'ratio', atMost: 0.025 }, { of: 'value', atMost: 15 }], 'ms', '<= 0.025, p50 <= 15 ms'],
    [[{ of: 'excess', atMost: 25 }], 'ms', '<= peer + 25 ms'],
    [[{ of: 'ratio', atLeast: 0.9 }], 'requests/s', '>= 0.9'],
    [[{ of: 'value', atMost: 0 }], 'failed', '<= 0 failed'],
  ])('says its goal in words', (goal, unit, words) => {
    expect(describeGoal({ goal, unit })).toBe(words);
  });
});

describe('the file of results', () => {
  const [first, second] = definitions.map((definition) => makeRow(definition, { ours: [1], peers: [2] }, run));

  it('keeps the rows that were not measured now, with the commit that measured them, in the order of the definitions', () => {
    const fresh = { ...first!, commit: 'def5678', value: 9 };
    expect(mergedWith([second!, first!], [fresh], definitions.map(({ id }) => id)).map(({ id, commit, value }) => [id, commit, value])).toEqual([[first!.id, 'def5678', 9], [second!.id, 'abc1234', 1]]);
  });

  it('lets go of rows that are not defined any more', () => {
    expect(mergedWith([{ ...first!, id: 'gone' }], [second!], definitions.map(({ id }) => id))).toEqual([second]);
  });
});
