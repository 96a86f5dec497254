/** A request that waits for its app. */
export interface Held {
  tryAgain(): void;
}

/** Requests that wait for a change of the routes, or for a time to pass. */
export interface Holds {
  /** `tryAgain` is called once: at the next `wake`, or after `forMs`. A further `wait` takes the place of the former. */
  wait(held: Held, forMs: number): void;
  forget(held: Held): void;
  wake(): void;
}

export function createHolds(): Holds {
  const timers = new Map<Held, NodeJS.Timeout>();
  const forget = (held: Held): void => {
    clearTimeout(timers.get(held));
    timers.delete(held);
  };
  const wakeOne = (held: Held): void => {
    forget(held);
    held.tryAgain();
  };
  return {
    wait(held, forMs) {
      forget(held);
      timers.set(held, setTimeout(wakeOne, forMs, held));
    },
    forget,
    wake: () => [...timers.keys()].forEach(wakeOne),
  };
}
