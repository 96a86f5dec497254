/** When a pod is given its app again that did not start in it: whatever rings meanwhile, not before its pause is over. */
export interface Retries {
  /** True when the pod may be given this generation now. */
  mayTry(pod: string, generation: number): boolean;
  /** It did not start: answers how long it is not tried again. */
  failed(pod: string, generation: number): number;
  started(pod: string): void;
  /** Forgets the pods that are none any more. */
  retain(isThere: (pod: string) => boolean): void;
}

export const [firstPauseMs, longestPauseMs] = [500, 60_000];

export function createRetries(now: () => number = () => performance.now()): Retries {
  const failures = new Map<string, { generation: number; count: number; until: number }>();
  return {
    mayTry(pod, generation) {
      const last = failures.get(pod);
      return !last || last.generation !== generation || now() >= last.until;
    },
    failed(pod, generation) {
      const last = failures.get(pod);
      const count = last?.generation === generation ? last.count + 1 : 1;
      // 0.5, 2, 8, 32, and then every 60 seconds.
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 4 ** (count - 1));
      failures.set(pod, { generation, count, until: now() + pauseMs });
      return pauseMs;
    },
    started: (pod) => void failures.delete(pod),
    retain(isThere) {
      for (const pod of failures.keys()) if (!isThere(pod)) failures.delete(pod);
    },
  };
}
