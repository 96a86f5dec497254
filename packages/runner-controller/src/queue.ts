export interface QueueOptions {
  handle(key: string, signal: AbortSignal): Promise<void>;
  /** Told of a look that threw; the key comes back after a growing pause. */
  onError(key: string, error: unknown, retryMs: number): void;
  signal: AbortSignal;
  firstRetryMs?: number;
  lastRetryMs?: number;
  random?: () => number;
}

export interface KeyedQueue {
  /** Asks for a look at the key, soon and once, however often it is asked for. A look in flight is followed by another one. */
  add(key: string): void;
  /** Resolves when no look is in flight any more; only after the signal has fired. */
  drained(): Promise<void>;
}

/** One look per key at a time, asked for by key alone: what is to be done is read, never carried. */
export function createKeyedQueue({ handle, onError, signal, firstRetryMs = 100, lastRetryMs = 10_000, random = Math.random }: QueueOptions): KeyedQueue {
  const inFlight = new Map<string, Promise<void>>();
  const askedAgain = new Set<string>();
  const failures = new Map<string, number>();
  const timers = new Map<string, NodeJS.Timeout>();

  signal.addEventListener('abort', () => {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
  }, { once: true });

  const later = (key: string, ms: number): void => {
    if (signal.aborted) return;
    clearTimeout(timers.get(key));
    timers.set(key, setTimeout(() => add(key), ms));
  };
  const look = async (key: string): Promise<void> => {
    try {
      await handle(key, signal);
      failures.delete(key);
    } catch (error) {
      if (signal.aborted) return;
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      const retryMs = Math.min(lastRetryMs, firstRetryMs * 2 ** (count - 1)) * (0.75 + random() / 2);
      onError(key, error, retryMs);
      later(key, retryMs);
    }
  };
  function add(key: string): void {
    if (signal.aborted) return;
    clearTimeout(timers.get(key));
    timers.delete(key);
    if (inFlight.has(key)) {
      askedAgain.add(key);
      return;
    }
    inFlight.set(key, look(key).finally(() => {
      inFlight.delete(key);
      if (askedAgain.delete(key)) add(key);
    }));
  }
  return {
    add,
    async drained() {
      await Promise.all(inFlight.values());
    },
  };
}
