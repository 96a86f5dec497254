/**
 * Each `for await` over it opens a run of its own, so that two consumers take nothing from each other.
 * Who leaves is gone at once, also while the next item is waited for.
 */
export function openEach<T>(open: (leaving: AbortSignal) => AsyncGenerator<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const leaving = new AbortController();
      const run = open(leaving.signal);
      return {
        next: () => run.next(),
        return: () => {
          leaving.abort();
          return run.return(undefined);
        },
      };
    },
  };
}
