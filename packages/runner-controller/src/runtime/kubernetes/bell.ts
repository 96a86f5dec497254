/** Rings whenever something may have come true. */
export interface Bell {
  ring(): void;
  /** Looks now and at each ring. Undefined when it did not come true in time; rejects with the signal's reason. */
  until<T>(look: () => T | undefined, timeoutMs: number, signal: AbortSignal): Promise<T | undefined>;
}

export function createBell(): Bell {
  const listeners = new Set<() => void>();
  return {
    ring() {
      for (const listener of listeners) listener();
    },
    until: (look, timeoutMs, signal) => new Promise((resolve, reject) => {
      const end = (): void => {
        listeners.delete(listen);
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        end();
        reject(signal.reason as Error);
      };
      const listen = (): void => {
        try {
          const found = look();
          if (found === undefined) return;
          end();
          resolve(found);
        } catch (error) {
          end();
          reject(error as Error);
        }
      };
      const timer = setTimeout(() => {
        end();
        resolve(undefined);
      }, timeoutMs);
      listeners.add(listen);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      else listen();
    }),
  };
}
