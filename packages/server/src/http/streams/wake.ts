/** Lets many readers sleep until something was written, or a while has passed. */
export interface Wake {
  wake(): void;
  /** `wake` in `ms`, together with whoever has asked for one before. */
  wakeWithin(ms: number): void;
  /** Resolves at the next `wake` after this call, after `ms`, or when the signal fires. */
  next(ms: number, signal: AbortSignal): Promise<void>;
}

export function createWake(): Wake {
  const sleepers = new Set<() => void>();
  let due: NodeJS.Timeout | undefined;
  const wake = (): void => {
    clearTimeout(due);
    due = undefined;
    for (const sleeper of sleepers) sleeper();
  };
  return {
    wake,
    wakeWithin(ms) {
      due ??= setTimeout(wake, ms).unref();
    },
    next: (ms, signal) => new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        sleepers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      sleepers.add(done);
      if (signal.aborted) done();
      else signal.addEventListener('abort', done, { once: true });
    }),
  };
}
