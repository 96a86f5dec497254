import { expect, it } from 'vitest';
import { createRetries } from './retries.ts';

it('waits longer after each failure of a generation in a pod, and not at all for another one', () => {
  let now = 0;
  const retries = createRetries(() => now);
  const pauses = Array.from({ length: 6 }, () => {
    expect(retries.mayTry('pod', 1)).toBe(true);
    const pauseMs = retries.failed('pod', 1);
    now += pauseMs - 1;
    expect(retries.mayTry('pod', 1)).toBe(false);
    now += 1;
    return pauseMs;
  });
  expect(pauses).toEqual([500, 2_000, 8_000, 32_000, 60_000, 60_000]);
  retries.failed('pod', 1);
  expect([retries.mayTry('pod', 1), retries.mayTry('pod', 2), retries.mayTry('other', 1)]).toEqual([false, true, true]);
  retries.retain((pod) => pod !== 'pod');
  expect(retries.mayTry('pod', 1)).toBe(true);
  expect(retries.failed('pod', 1)).toBe(500);
  retries.started('pod');
  expect(retries.mayTry('pod', 1)).toBe(true);
});
