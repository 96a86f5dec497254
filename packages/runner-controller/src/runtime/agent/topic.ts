import { createBoundedQueue } from '../../work/bounded-queue.ts';

/** Items for whoever listens at the moment. */
export interface Topic<T> {
  tell(item: T): void;
  /** Hears everything from this call on, at most `limit` waiting. Ends by its signal. */
  listen(signal: AbortSignal): AsyncIterable<T>;
  /** Resolves once somebody has begun to listen. */
  readonly heard: Promise<void>;
}

export function createTopic<T>(limit: number): Topic<T> {
  const listeners = new Set<(item: T) => void>();
  const heard = Promise.withResolvers<void>();
  return {
    heard: heard.promise,
    tell(item) {
      for (const listener of listeners) listener(item);
    },
    listen(signal) {
      const queue = createBoundedQueue<T>(limit, signal);
      if (signal.aborted) return queue;
      const listener = (item: T): void => void queue.push(item);
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
      heard.resolve();
      return queue;
    },
  };
}
