/** A bounded queue between callbacks and `for await`. `put` never waits and answers false when full; `items` ends by the signal. */
export function createMailbox<T>(signal: AbortSignal, limit: number): { put(item: T): boolean; items(): AsyncIterable<T> } {
  const waiting: T[] = [];
  let wake: () => void = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });
  return {
    put(item) {
      if (waiting.length >= limit) return false;
      waiting.push(item);
      wake();
      return true;
    },
    async *items() {
      while (!signal.aborted) {
        if (waiting.length > 0) yield waiting.shift()!;
        else await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal.aborted) resolve();
        });
      }
    },
  };
}
