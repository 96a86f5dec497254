import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKeyedQueue, type KeyedQueue, type QueueOptions } from './queue.ts';

let stop: AbortController;
beforeEach(() => {
  stop = new AbortController();
  vi.useFakeTimers();
});
afterEach(() => {
  stop.abort();
  vi.useRealTimers();
});

function open(handle: QueueOptions['handle'], more: Partial<QueueOptions> = {}): { queue: KeyedQueue; errors: [key: string, retryMs: number][] } {
  const errors: [string, number][] = [];
  const queue = createKeyedQueue({ handle, onError: (key, _error, retryMs) => errors.push([key, retryMs]), signal: stop.signal, random: () => 0.5, ...more });
  return { queue, errors };
}

/** A handler whose looks end when the test says so. */
function makeGate() {
  const looks: { key: string; end(): void; fail(): void }[] = [];
  return { looks, handle: (key: string) => new Promise<void>((resolve, reject) => looks.push({ key, end: () => resolve(), fail: () => reject(new Error(key)) })) };
}
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe('the keyed queue', () => {
  it('does nothing until it is asked', async () => {
    const { looks, handle } = makeGate();
    open(handle);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks).toEqual([]);
  });

  it('looks at different keys at the same time and at one key one look after the other', async () => {
    const { looks, handle } = makeGate();
    const { queue } = open(handle);
    for (const key of ['a', 'b', 'a']) queue.add(key);
    expect(looks.map((look) => look.key)).toEqual(['a', 'b']);
    looks[0]!.end();
    await settle();
    expect(looks.map((look) => look.key)).toEqual(['a', 'b', 'a']);
  });

  it('folds everything asked for during a look into one more look', async () => {
    const { looks, handle } = makeGate();
    const { queue } = open(handle);
    for (let n = 0; n < 100; n++) queue.add('a');
    expect(looks.length).toBe(1);
    looks[0]!.end();
    await settle();
    expect(looks.length).toBe(2);
    looks[1]!.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks.length).toBe(2);
  });

  it('ends with the newest wish, because a look reads what is wanted instead of carrying it', async () => {
    const wanted = new Map<string, number>();
    const ended: number[] = [];
    let release: () => void = () => {};
    const { queue } = open(async (key) => {
      const generation = wanted.get(key)!;
      if (ended.length === 0) await new Promise<void>((resolve) => (release = resolve));
      ended.push(generation);
    });
    for (let generation = 1; generation <= 5; generation++) {
      wanted.set('a', generation);
      queue.add('a');
    }
    release();
    await settle();
    expect(ended).toEqual([1, 5]);
  });

  it('comes back after growing pauses while a look fails, up to the longest one', async () => {
    const { queue, errors } = open(() => Promise.reject(new Error('away')), { firstRetryMs: 100, lastRetryMs: 1_000 });
    queue.add('a');
    await vi.advanceTimersByTimeAsync(100 + 200 + 400 + 800 + 1_000 + 1_000);
    expect(errors).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000].map((ms) => ['a', ms]));
  });

  it('spreads the pauses by a quarter to either side', async () => {
    for (const [random, retryMs] of [[0, 75], [0.999, 125]] as const) {
      const { queue, errors } = open(() => Promise.reject(new Error('away')), { firstRetryMs: 100, random: () => random });
      queue.add('a');
      await settle();
      expect(errors[0]![1]).toBeCloseTo(retryMs, 0);
    }
  });

  it('begins with the first pause again after a look that went well', async () => {
    let looks = 0;
    const { queue, errors } = open(() => (++looks === 3 ? Promise.resolve() : Promise.reject(new Error('away'))), { firstRetryMs: 100 });
    queue.add('a');
    await vi.advanceTimersByTimeAsync(300);
    expect(looks).toBe(3);
    queue.add('a');
    await settle();
    expect(errors.map(([, ms]) => ms)).toEqual([100, 200, 100]);
  });

  it('looks at once when it is asked while a failed key waits', async () => {
    let looks = 0;
    const { queue } = open(() => (++looks === 1 ? Promise.reject(new Error('away')) : Promise.resolve()));
    queue.add('a');
    await settle();
    queue.add('a');
    await settle();
    expect(looks).toBe(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks).toBe(2);
  });

  it('fails halfway: one key that always fails holds up no other', async () => {
    const seen: string[] = [];
    const { queue } = open(async (key) => {
      if (key === 'bad') throw new Error('away');
      seen.push(key);
    });
    queue.add('bad');
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await settle();
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('stops: nothing begins, no pause fires, and what is in flight is told and waited for', async () => {
    const signals: AbortSignal[] = [];
    const { looks, handle } = makeGate();
    const { queue, errors } = open((key, signal) => {
      signals.push(signal);
      return handle(key);
    });
    queue.add('waiting');
    looks[0]!.fail();
    queue.add('a');
    queue.add('a');
    await settle();
    stop.abort();
    expect(signals.every((signal) => signal.aborted)).toBe(true);
    queue.add('b');
    let isDrained = false;
    const drained = queue.drained().then(() => (isDrained = true));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(isDrained).toBe(false);
    looks[1]!.fail();
    await drained;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks.map((look) => look.key)).toEqual(['waiting', 'a']);
    expect(errors.map(([key]) => key)).toEqual(['waiting']);
  });
});
