import { describe, expect, it } from 'vitest';
import type { Judged } from '../src/domain/deployments/last-good.ts';
import { chooseExpired, deploymentsKept, type History } from '../src/domain/deployments/retention.ts';

const start = Date.UTC(2030, 0, 1);
const minute = (at: number): string => new Date(start + at * 60_000).toISOString();
/** One revision a minute, each live until the next one; the last one still is. */
const steady = (count: number): History<Judged> => ({
  revisions: Array.from({ length: count }, (_, index) => ({ digest: `r${count - index}`, number: count - index, pinned: false })),
  deployments: Array.from({ length: count }, (_, index): Judged => ({ revision: `r${index + 1}`, generation: index + 1, liveAt: minute(index), ...(index + 1 === count ? { status: 'live' } : { status: 'stopped', endedAt: minute(index + 1) }) })),
  live: count === 0 ? undefined : `r${count}`,
  bases: [],
});
const later = new Date(start + 1_000 * 60_000);
const expiredOf = (history: History<Judged>, kept = 3, now = later): string[] => chooseExpired(history, kept, now).revisions.toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)));

describe('the revisions that are collected', () => {
  it('are none of a short history', () => {
    expect(chooseExpired(steady(0), 3, later)).toEqual({ revisions: [], deployments: [] });
    expect(expiredOf(steady(3))).toEqual([]);
  });

  it('are those beyond the newest', () => {
    expect(expiredOf(steady(6))).toEqual(['r1', 'r2', 'r3']);
  });

  it('are counted by their last use: what was asked for again is new again', () => {
    const history = steady(6);
    const again = { ...history, deployments: [...history.deployments.with(5, { ...history.deployments[5]!, status: 'stopped' as const, endedAt: minute(7) }), { revision: 'r1', generation: 7, status: 'live' as const, liveAt: minute(7) }], live: 'r1' };
    expect(expiredOf(again)).toEqual(['r2', 'r3', 'r4']);
  });

  it.each<[string, (history: History<Judged>) => History<Judged>]>([
    ['what is live, however old', (history) => ({ ...history, live: 'r1' })],
    ['what is pinned', (history) => ({ ...history, revisions: history.revisions.map((revision) => ({ ...revision, pinned: revision.digest === 'r1' })) })],
    ['what the draft is based on', (history) => ({ ...history, bases: ['r1'] })],
    ['what was last good', (history) => ({ ...history, deployments: history.deployments.map((deployment) => (deployment.revision === 'r1' || deployment.revision === 'r6' ? deployment : { ...deployment, status: 'failed' as const })) })],
  ])('are never %s', (_, change) => {
    expect(expiredOf(change(steady(6)))).toEqual(['r2', 'r3']);
  });

  it('are never what is under way, nor what the runner has parked', () => {
    const history = steady(6);
    const working = { ...history, deployments: history.deployments.map((deployment) => (deployment.revision === 'r2' ? { revision: 'r2', generation: 2, status: 'queued' as const } : deployment)) };
    expect(expiredOf(working)).toEqual(['r1', 'r3']);
    // r3 ended at minute 3.
    expect(expiredOf(history, 3, new Date(start + 3 * 60_000 + 59_000))).toEqual(['r1', 'r2']);
    expect(expiredOf(history, 3, new Date(start + 4 * 60_000))).toEqual(['r1', 'r2', 'r3']);
  });

  it('are the oldest also of those whose deployments are gone', () => {
    expect(expiredOf({ ...steady(6), deployments: [] }, 2)).toEqual(['r1', 'r2', 'r3', 'r4']);
  });
});

describe('the deployments that are collected', () => {
  const generationsOf = (history: History<Judged>): number[] => chooseExpired(history, 3, later).deployments.map(({ generation }) => generation).toSorted((a, b) => a - b);
  const many = deploymentsKept + 50;

  it('are those beyond the newest', () => {
    expect(generationsOf(steady(many))).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(generationsOf(steady(deploymentsKept))).toEqual([]);
  });

  it('are not those that tell of a revision that is kept: its newest, the newest that was live, and what followed that', () => {
    const history = steady(many);
    const kept = { ...history, revisions: history.revisions.map((revision) => ({ ...revision, pinned: revision.digest === 'r5' })) };
    expect(generationsOf(kept)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1).filter((generation) => generation !== 5 && generation !== 6));
  });

  it('are all others of one revision that is asked for without end', () => {
    const history = steady(1);
    const deployments = Array.from({ length: 1_000 }, (_, index): Judged => ({ revision: 'r1', generation: index + 1, liveAt: minute(index), ...(index === 999 ? { status: 'live' } : { status: 'stopped', endedAt: minute(index + 1) }) }));
    expect(generationsOf({ ...history, deployments })).toHaveLength(1_000 - deploymentsKept);
  });

  it('are never under way', () => {
    const history = steady(many);
    expect(generationsOf({ ...history, deployments: history.deployments.map((deployment, index) => (index === 0 ? { ...deployment, status: 'starting' as const } : deployment)) })).not.toContain(1);
  });
});
