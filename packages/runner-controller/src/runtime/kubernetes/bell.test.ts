import { expect, it } from 'vitest';
import { createBell } from './bell.ts';

const never = new AbortController().signal;

it('answers what is true already, and what comes true at a ring', async () => {
  const bell = createBell();
  expect(await bell.until(() => 1, 10, never)).toBe(1);
  let found: string | undefined;
  const waiting = bell.until(() => found, 10_000, never);
  bell.ring();
  found = 'there';
  bell.ring();
  expect(await waiting).toBe('there');
});

it('gives up in time, by its signal, and by what the look throws', async () => {
  const bell = createBell();
  expect(await bell.until(() => undefined, 1, never)).toBeUndefined();
  const stop = new AbortController();
  const waiting = bell.until(() => undefined, 10_000, stop.signal);
  stop.abort(new Error('no more'));
  await expect(waiting).rejects.toThrow('no more');
  await expect(bell.until(() => undefined, 10_000, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  const throwing = bell.until(() => {
    throw new Error('over');
  }, 10_000, never);
  await expect(throwing).rejects.toThrow('over');
});
