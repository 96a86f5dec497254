import { DomainError } from '../../domain/errors.ts';

/** Counts by name. `enter` throws `rate_limited` when there are `most`; what it answers takes it back, once. */
export function createCounts(most: number, sentence: string): { enter(name: string): () => void } {
  const counts = new Map<string, number>();
  return {
    enter(name) {
      const count = counts.get(name) ?? 0;
      if (count >= most) throw new DomainError('rate_limited', `${count} ${sentence}`);
      counts.set(name, count + 1);
      let isIn = true;
      return () => {
        if (!isIn) return;
        isIn = false;
        const left = counts.get(name)! - 1;
        if (left > 0) counts.set(name, left);
        else counts.delete(name);
      };
    },
  };
}
