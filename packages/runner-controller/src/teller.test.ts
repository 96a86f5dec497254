import { describe, expect, it, vi } from 'vitest';
import { createTeller } from './teller.ts';
import type { RunnerStatus } from './work/messages.ts';

const quietMs = 40;
const status = (appId: string, stages: number, phase: RunnerStatus['phase'] = 'working'): RunnerStatus => ({
  schema: 1, appId, generation: 1, phase, health: 'unknown', stages: (['validating', 'preparing', 'starting'] as const).slice(0, stages).map((name) => ({ name, startedAt: '2026-01-01T00:00:00.000Z' })),
});

function makeTeller(publish: (status: RunnerStatus) => Promise<void> = async () => undefined) {
  const sent: [string, number, string][] = [];
  const errors: string[] = [];
  const stop = new AbortController();
  const teller = createTeller({
    async publish(one) {
      await publish(one);
      sent.push([one.appId, one.stages.length, one.phase]);
    },
    onError: (appId) => void errors.push(appId), quietMs, signal: stop.signal,
  });
  return { teller, sent, errors, stop };
}

describe('the teller', () => {
  it('says nothing of stages that are over in a moment, and the end at once', async () => {
    vi.useFakeTimers();
    const { teller, sent } = makeTeller();
    teller.tellIfItLasts(status('a', 1));
    await vi.advanceTimersByTimeAsync(quietMs - 1);
    teller.tellIfItLasts(status('a', 2));
    await teller.tell(status('a', 3, 'live'));
    await vi.advanceTimersByTimeAsync(10 * quietMs);
    vi.useRealTimers();
    expect(sent).toEqual([['a', 3, 'live']]);
  });

  it('says the newest of what lasts, however often it changed meanwhile', async () => {
    vi.useFakeTimers();
    const { teller, sent } = makeTeller();
    teller.tellIfItLasts(status('a', 1));
    teller.tellIfItLasts(status('b', 1));
    await vi.advanceTimersByTimeAsync(quietMs - 1);
    teller.tellIfItLasts(status('a', 2));
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    expect(sent).toEqual([['a', 2, 'working'], ['b', 1, 'working']]);
  });

  it('says nothing twice, unless what was said may be lost', async () => {
    const { teller, sent } = makeTeller();
    await teller.tell(status('a', 1, 'live'));
    await teller.tell(status('a', 1, 'live'));
    teller.forget();
    await teller.tell(status('a', 1, 'live'));
    expect(sent).toHaveLength(2);
  });

  it('keeps the order: an end waits for what is on its way', async () => {
    let release = (): void => undefined;
    const first = new Promise<void>((resolve) => (release = resolve));
    const { teller, sent } = makeTeller((one) => (one.phase === 'working' ? first : Promise.resolve()));
    const passing = teller.tell(status('a', 1));
    const end = teller.tell(status('a', 3, 'live'));
    release();
    await Promise.all([passing, end]);
    expect(sent).toEqual([['a', 1, 'working'], ['a', 3, 'live']]);
  });

  it('asks for another look when a passing status could not be published, and says it again then', async () => {
    vi.useFakeTimers();
    let isDown = true;
    const { teller, sent, errors } = makeTeller(async () => {
      if (isDown) throw new Error('no bus');
    });
    teller.tellIfItLasts(status('a', 1));
    await vi.advanceTimersByTimeAsync(quietMs);
    vi.useRealTimers();
    expect(errors).toEqual(['a']);
    isDown = false;
    await teller.tell(status('a', 1));
    expect(sent).toEqual([['a', 1, 'working']]);
  });

  it('says nothing after its end', async () => {
    vi.useFakeTimers();
    const { teller, sent, stop } = makeTeller();
    teller.tellIfItLasts(status('a', 1));
    stop.abort();
    await vi.advanceTimersByTimeAsync(10 * quietMs);
    vi.useRealTimers();
    expect(sent).toEqual([]);
  });
});
