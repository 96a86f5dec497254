import { randomInt } from 'node:crypto';

export interface Random {
  readonly seed: number;
  /** 0 or more, below `limit`. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  /** The items in another order. */
  shuffle<T>(items: readonly T[]): T[];
}

/** The same seed gives the same run; `FAPI_SEED` sets it. */
export function makeRandom(seed = Number(process.env['FAPI_SEED'] || randomInt(2 ** 31))): Random {
  let state = seed >>> 0;
  // Mulberry32: small, and good enough to spread moments.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    seed,
    below,
    pick: (items) => items[below(items.length)]!,
    shuffle: (items) => items.map((item) => ({ item, place: next() })).toSorted((a, b) => a.place - b.place).map(({ item }) => item),
  };
}
