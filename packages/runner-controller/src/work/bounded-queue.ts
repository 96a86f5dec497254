import { createWake } from './wake.ts';

export interface BoundedQueue<T> extends AsyncIterable<T> {
  /** False when it was full: the item is gone. */
  push(item: T): boolean;
}

/** Hands items from callbacks to one loop, at most `limit` waiting. Iterating ends by the signal. */
export function createBoundedQueue<T>(limit: number, signal: AbortSignal): BoundedQueue<T> {
  let items: T[] = [];
  const { wake, sleep } = createWake(signal);
  return {
    push(item) {
      if (items.length >= limit) return false;
      items.push(item);
      wake();
      return true;
    },
    async *[Symbol.asyncIterator]() {
      while (!signal.aborted) {
        const taken = items;
        items = [];
        for (const item of taken) {
          if (signal.aborted) return;
          yield item;
        }
        if (items.length === 0) await sleep();
      }
    },
  };
}
