import { describe, expect, it } from 'vitest';
import { findLastGood, type Judged } from '../src/domain/deployments/last-good.ts';

const second = (at: number): string => new Date(Date.UTC(2030, 0, 1) + at * 1_000).toISOString();
/** `[revision, live from, until (absent: still), trigger, status]`, oldest first. */
type Row = [string, number | undefined, number | undefined, Judged['trigger']?, Judged['status']?];
const history = (rows: readonly Row[]): Judged[] => rows.map(([revision, liveAt, endedAt, trigger, status], index) => ({
  revision, generation: index + 1, trigger, status: status ?? (endedAt === undefined ? 'live' : 'stopped'), ...(liveAt === undefined ? {} : { liveAt: second(liveAt) }), ...(endedAt === undefined ? {} : { endedAt: second(endedAt) }),
}));

describe('the last good deployment', () => {
  it.each<[string, number, Row[], string | undefined, (string | undefined)?]>([
    ['is none of an app without deployments', 0, [], undefined],
    ['is none while nothing was ever live', 100, [['a', undefined, 5, 'deploy', 'failed'], ['b', undefined, 5, 'deploy', 'superseded']], undefined],
    ['is not the live one before it was live for 30 s', 29, [['a', 0, undefined]], undefined],
    ['is the live one from 30 s on', 30, [['a', 0, undefined]], 'a'],
    ['is the one before while the live one is too young', 45, [['a', 0, 40], ['b', 40, undefined]], 'a'],
    ['is what was live for a moment until a person replaced it', 12, [['a', 0, 10], ['b', 10, 11], ['c', 11, undefined]], 'b'],
    ['is not what the runner rolled back from', 120, [['a', 0, 40], ['b', 40, 45, 'deploy', 'failed'], ['a', 46, undefined, 'rollback']], 'a'],
    ['is not what a rollback took away, however long it was live', 1_010, [['a', 0, 40], ['b', 40, 1_000, 'deploy', 'failed'], ['c', 1_001, undefined, 'rollback']], 'a'],
    ['is not what was reverted', 1_010, [['a', 0, 40], ['b', 40, 1_000], ['c', 1_000, undefined, 'revert']], 'a'],
    ['is not what was reverted last time, though it was good before', 210, [['a', 0, 40], ['b', 40, 80], ['a', 80, 200, 'retry'], ['c', 200, undefined, 'revert']], 'b'],
    ['is what was reverted and proved good later', 300, [['a', 0, 40], ['b', 40, 80], ['a', 80, 120, 'revert'], ['b', 120, undefined, 'deploy']], 'b'],
    ['is the same revision with another environment', 100, [['a', 0, 40], ['a', 40, undefined, 'environment']], 'a'],
    ['stays good when a revert asks for the same revision again', 50, [['a', 0, 45], ['a', 45, undefined, 'revert']], 'a'],
    ['is told by an earlier time, when the last one was too short to tell', 100, [['a', 0, 40], ['a', 50, 52, 'resume']], 'a'],
    ['passes over a revision that is not asked for', 1_000, [['a', 0, 40], ['b', 40, 80], ['b', 80, undefined, 'environment']], 'a', 'b'],
    ['is none when only the one that is not asked for was good', 1_000, [['a', 0, undefined]], undefined, 'a'],
    ['passes over what never went live', 1_000, [['a', 0, undefined], ['b', undefined, 60, 'deploy', 'failed'], ['c', undefined, 60, 'deploy', 'cancelled']], 'a'],
  ])('%s', (_, now, rows, expected, except) => {
    expect(findLastGood(history(rows), new Date(second(now)), except)?.revision).toBe(expected);
    expect(findLastGood(history(rows).toReversed(), new Date(second(now)), except)?.revision).toBe(expected);
  });
});
