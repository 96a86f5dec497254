import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Route, routes } from '@fapi/sdk/contract';
import type { Context as KoaContext, Middleware } from 'koa';
import { DomainError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { type Buckets, type Charge, createBuckets } from './buckets.ts';
import { createAddressOf } from './client-address.ts';

/** Of strangers, by address: a token that nobody knows costs more than a page or a look at our health. */
const costs = { site: 0.5, open: 1, refused: 5 };
/** What costs us a process, a write to the disk or a connection for half a minute, counted apart. In seconds of the rate of a principal: at once, and each second. */
const shares = { address: [3, 0.5], default: [6, 1], validate: [0.6, 0.05], test: [0.2, 0.01], try: [0.6, 0.1], mint: [3, 0.5] } as const;
const expensive: readonly [Route, keyof typeof shares][] = [[routes.drafts.validate, 'validate'], [routes.drafts.validateFiles, 'validate'], [routes.drafts.test, 'test'], [routes.drafts.convert, 'test'], [routes.apps.try, 'try'], [routes.embedTokens.create, 'mint']];
const remembered = 10_000;

export interface RateLimits {
  /** Counts strangers by address. Who has proven before who it is does not suffer from its neighbours. */
  readonly middleware: Middleware;
  /** By what strangers are counted: the address behind our proxies. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** Counts a principal; throws `rate_limited`. */
  charge(koa: Pick<KoaContext, 'set' | 'state'>, principal: Pick<Principal, 'id' | 'kind'>, route: Route): void;
}

export interface RateLimitOptions { perSecond: number; proxies: readonly string[]; now?: () => number }

/** A bucket for each principal: `perSecond` requests a second for ever, and six times as many at once; all else is a share of that. Its memory is bounded, whatever is sent. */
export function createRateLimits({ perSecond, proxies, now = () => performance.now() }: RateLimitOptions): RateLimits {
  const addressOf = createAddressOf(proxies);
  const bucketsOf = (name: keyof typeof shares): Buckets => createBuckets({ name, capacity: Math.max(1, shares[name][0] * perSecond), perSecond: shares[name][1] * perSecond }, now, remembered);
  const [strangers, principals] = [bucketsOf('address'), bucketsOf('default')];
  const named = new Map([...new Set(expensive.map(([, name]) => name))].map((name) => [name, bucketsOf(name)]));
  // Two ways to the same work are one bucket: else the second would double what is allowed.
  const special = new Map(expensive.map(([route, name]) => [route, named.get(name)!]));
  const proven = createMemory(remembered);

  return {
    addressOf,
    async middleware(ctx, next) {
      const credential = digestOf(ctx.get('authorization'));
      if (credential !== undefined && proven.has(credential)) {
        await next().finally(() => { if (!ctx.state['caller']) proven.delete(credential); });
        return;
      }
      const client = addressOf(ctx.req);
      const cost = /^\/(?:v1|internal)\//.test(ctx.path) ? costs.open : costs.site;
      enforce(ctx, [[strangers, strangers.take(client, cost)]]);
      try {
        await next();
      } catch (error) {
        // One that has expired was good a moment ago: pages come with those after every sleep.
        if (error instanceof DomainError && error.code === 'unauthorized') strangers.take(client, costs.refused - cost);
        throw error;
      } finally {
        if (ctx.state['caller']) {
          strangers.give(client, cost);
          if (credential !== undefined) proven.add(credential);
        }
      }
    },
    charge(koa, { kind, id }, route) {
      koa.state['caller'] = kind === 'operator' ? id : `${kind} ${id}`;
      const own = special.get(route);
      enforce(koa, [[principals, principals.take(id)], ...(own ? [[own, own.take(id)] as const] : [])]);
    },
  };
}

/** As draft-ietf-httpapi-ratelimit-headers has it: every policy that holds here, with what is left of it. */
function enforce(koa: Pick<KoaContext, 'set'>, charges: readonly (readonly [Buckets, Charge])[]): void {
  koa.set('ratelimit-policy', charges.map(([{ policy: { name, capacity, perSecond } }]) => `"${name}";q=${capacity};w=${Math.ceil(capacity / perSecond)}`).join(', '));
  koa.set('ratelimit', charges.map(([{ policy: { name } }, { remaining, resetS }]) => `"${name}";r=${remaining};t=${resetS}`).join(', '));
  const over = charges.filter(([, { isAllowed }]) => !isAllowed);
  if (over.length === 0) return;
  const waitS = Math.max(...over.map(([, { retryAfterS }]) => retryAfterS));
  koa.set('retry-after', String(waitS));
  throw new DomainError('rate_limited', `try again in ${waitS} s`);
}

const digestOf = (authorization: string): string | undefined => (authorization === '' ? undefined : createHash('sha256').update(authorization).digest('base64'));

/** What was seen last. */
function createMemory(size: number): Pick<Set<string>, 'has' | 'delete' | 'add'> {
  const seen = new Set<string>();
  return {
    has: (key) => seen.has(key),
    delete: (key) => seen.delete(key),
    add(key) {
      seen.delete(key);
      seen.add(key);
      if (seen.size > size) seen.delete(seen.values().next().value!);
      return seen;
    },
  };
}
