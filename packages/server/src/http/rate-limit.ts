import type { Middleware } from 'koa';
import { DomainError } from '../domain/errors.ts';

const capacity = 600;
const perSecond = 100;
const remembered = 10_000;

/** A bucket per address and credential: 600 requests at once, 100 a second; far above what a page sends. */
export function limitRate(now: () => number = () => performance.now()): Middleware {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return async (ctx, next) => {
    const key = `${ctx.ip} ${ctx.get('authorization').slice(-16)}`;
    const at = now();
    const former = buckets.get(key) ?? { tokens: capacity, at };
    const tokens = Math.min(capacity, former.tokens + ((at - former.at) / 1_000) * perSecond) - 1;
    buckets.delete(key);
    buckets.set(key, { tokens: Math.max(tokens, 0), at });
    if (buckets.size > remembered) buckets.delete(buckets.keys().next().value!);
    ctx.set('ratelimit-limit', String(capacity));
    ctx.set('ratelimit-remaining', String(Math.max(0, Math.floor(tokens))));
    ctx.set('ratelimit-reset', String(Math.ceil((capacity - Math.max(tokens, 0)) / perSecond)));
    if (tokens < 0) {
      ctx.set('retry-after', '1');
      throw new DomainError('rate_limited', 'try again in 1 s');
    }
    await next();
  };
}
