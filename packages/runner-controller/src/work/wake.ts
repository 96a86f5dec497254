export interface Wake {
  wake(): void;
  /** Resolves at the next `wake`, or at once if one came since the last sleep, or when the signal aborts. One sleeper at a time. */
  sleep(): Promise<void>;
}

/** Lets one loop sleep until somebody has something for it; a wake before the sleep is not lost. */
export function createWake(signal: AbortSignal): Wake {
  let awake = false;
  let resume: (() => void) | undefined;
  const wake = (): void => {
    awake = true;
    resume?.();
  };
  return {
    wake,
    async sleep() {
      if (!awake && !signal.aborted) {
        await new Promise<void>((resolve) => {
          resume = resolve;
          signal.addEventListener('abort', wake, { once: true });
        });
        signal.removeEventListener('abort', wake);
        resume = undefined;
      }
      awake = false;
    },
  };
}

/** Resolves after `ms`, or earlier when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
