import { DomainError } from '../domain/errors.ts';
import type { Principal } from '../domain/access/principal.ts';

/** What is under way at the same time for one principal: each holds a connection and a megabyte, for half a minute at most. */
export interface Turns {
  /** Throws `rate_limited` when the principal has as many as it may. */
  take<T>(principal: Pick<Principal, 'id'>, work: () => Promise<T>): Promise<T>;
}

export function createTurns(mostEach: number): Turns {
  const counts = new Map<string, number>();
  return {
    async take({ id }, work) {
      const count = counts.get(id) ?? 0;
      if (count >= mostEach) throw new DomainError('rate_limited', `${count} requests to apps are under way: wait for one of them`);
      counts.set(id, count + 1);
      try {
        return await work();
      } finally {
        const left = counts.get(id)! - 1;
        if (left > 0) counts.set(id, left);
        else counts.delete(id);
      }
    },
  };
}
