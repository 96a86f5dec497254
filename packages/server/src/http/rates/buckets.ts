/** How much at once, and how much each second for ever. */
export interface Policy { readonly name: string; readonly capacity: number; readonly perSecond: number }
export interface Charge { readonly isAllowed: boolean; readonly remaining: number; readonly resetS: number; readonly retryAfterS: number }

export interface Buckets {
  readonly policy: Policy;
  /** Takes what is there, and says whether it was enough. */
  take(key: string, cost?: number): Charge;
  give(key: string, cost: number): void;
}

/** A bucket that refills evenly per key. Only the keys that were used last are remembered: who is forgotten begins with a full one. */
export function createBuckets(policy: Policy, now: () => number, remembered: number): Buckets {
  const { capacity, perSecond } = policy;
  const buckets = new Map<string, { tokens: number; at: number }>();
  const read = (key: string, at: number): number => {
    const bucket = buckets.get(key);
    return bucket ? Math.min(capacity, bucket.tokens + ((at - bucket.at) / 1_000) * perSecond) : capacity;
  };
  const write = (key: string, tokens: number, at: number): void => {
    buckets.delete(key);
    buckets.set(key, { tokens, at });
    if (buckets.size > remembered) buckets.delete(buckets.keys().next().value!);
  };
  return {
    policy,
    take(key, cost = 1) {
      const at = now();
      const before = read(key, at);
      const isAllowed = before >= cost;
      const tokens = Math.max(0, before - cost);
      write(key, tokens, at);
      return { isAllowed, remaining: Math.floor(tokens), resetS: Math.ceil((capacity - tokens) / perSecond), retryAfterS: Math.max(1, Math.ceil((cost - before) / perSecond)) };
    },
    give(key, cost) {
      const at = now();
      write(key, Math.min(capacity, read(key, at) + cost), at);
    },
  };
}
