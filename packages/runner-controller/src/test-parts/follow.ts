export interface Followed<T> {
  /** What has come so far. */
  readonly seen: T[];
  /** True once the loop has ended by itself. */
  isOver(): boolean;
  /** Ends the loop by its signal and waits for its end. */
  stop(): Promise<void>;
}

/** Reads a loop that ends by its signal into a list. */
export function follow<T>(open: (signal: AbortSignal) => AsyncIterable<T>): Followed<T> {
  const stop = new AbortController();
  const seen: T[] = [];
  let isOver = false;
  const loop = (async () => {
    for await (const item of open(stop.signal)) seen.push(item);
    isOver = true;
  })();
  // A loop that breaks is seen by whoever stops it, and must not end the test run before.
  loop.catch(() => undefined);
  return {
    seen,
    isOver: () => isOver,
    async stop() {
      stop.abort();
      await loop;
    },
  };
}
