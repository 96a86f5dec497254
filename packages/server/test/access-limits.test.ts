import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClient } from '@fapi/sdk';
import type { Route } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRateLimits } from '../src/http/rates/rate-limit.ts';
import { expectProblem } from './parts/expect-problem.ts';
import { type Answer, startSystem, type System } from './parts/system.ts';

let system: System;
const rate = 5;
beforeAll(async () => {
  system = await startSystem({ FAPI_RATE_LIMIT_PER_S: String(rate), FAPI_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' });
});
afterAll(() => system?.stop());

let neighbours = 0;
/** From an address of its own. */
const from = (address = `198.51.100.${++neighbours}`): Record<string, string> => ({ 'x-forwarded-for': address });
const session = (token: string, headers = from()): Promise<Answer> => system.call('/v1/session', { token, headers });
/** Sends until it is refused; rejects when it never is. */
async function exhaust(ask: (n: number) => Promise<Answer>, most = 80): Promise<{ count: number; answer: Answer }> {
  for (let count = 0; count < most; count++) {
    const answer = await ask(count);
    if (answer.status === 429) return { count, answer };
  }
  throw new Error(`never refused in ${most} requests`);
}

describe('a principal', () => {
  it('reads from each answer how much is left, and from a refusal when to come back', async () => {
    const token = await system.mint({ subject: 'counted' });
    const first = await session(token);
    expect(first.headers.get('ratelimit-policy')).toBe(`"default";q=${6 * rate};w=6`);
    expect(first.headers.get('ratelimit')).toBe(`"default";r=${6 * rate - 1};t=1`);
    const { count, answer } = await exhaust(() => session(token));
    expect(count).toBeGreaterThanOrEqual(6 * rate - 1);
    expectProblem(answer, 429, 'rate_limited');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('ratelimit')).toBe('"default";r=0;t=6');
  });

  it('is counted by itself: neither another session of the same subject nor the address matters', async () => {
    const [one, two] = [await system.mint({ subject: 'ada' }), await system.mint({ subject: 'ada' })];
    await exhaust(() => session(one));
    expect((await session(one)).status).toBe(429);
    expect((await session(two, from('198.51.100.1'))).status).toBe(200);
  });

  it('has less of what costs more', async () => {
    const token = await system.mint({ subject: 'tester' });
    const validate = () => system.call('/v1/apps/app_x/validate', { method: 'POST', token, body: { draftVersion: 1 }, headers: from() });
    const { count, answer } = await exhaust(validate);
    expect(count).toBeLessThan(2 * rate);
    expect(answer.headers.get('ratelimit-policy')).toMatch(/^"default";q=30;w=6, "validate";q=\d+;w=\d+$/);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await session(token)).status).toBe(200);
  });
});

describe('a stranger', () => {
  it('is refused after a few tokens that nobody knows, whatever they are, and an expired one counts as little as a look', async () => {
    const flood = from();
    const { count } = await exhaust((n) => session(`fet_${String(n).padStart(43, 'x')}`, flood));
    expect(count).toBeLessThan(4 * rate);
    expect((await system.call('/v1/health/live', { token: '', headers: flood })).status).toBe(429);
    expect((await system.call('/v1/health/live', { token: '', headers: from() })).status).toBe(200);
    const expired = await system.mint({ ttlSeconds: 1 });
    system.advance(1_001);
    const asleep = from();
    for (let n = 0; n < 2 * rate; n++) expect((await session(expired, asleep)).json.code).toBe('token_expired');
  });

  it('does not shut out those behind the same address who are known', async () => {
    const shared = from();
    const token = await system.mint({ subject: 'neighbour' });
    expect((await session(token, shared)).status).toBe(200);
    await exhaust((n) => session(`fak_${String(n).padStart(43, 'y')}`, shared));
    expect((await session(token, shared)).status).toBe(200);
  });

  it('cannot name an address of its own: only what our proxies say is believed', async () => {
    const own = await startSystem({ FAPI_RATE_LIMIT_PER_S: '5' });
    try {
      const { count } = await exhaust((n) => own.call('/v1/session', { token: `fet_${'z'.repeat(43)}`, headers: from(`203.0.113.${n}`) }));
      expect(count).toBeLessThan(20);
    } finally {
      await own.stop();
    }
    // The nearest one that is no proxy is who asks; what it says of others before it is its own word.
    const { count } = await exhaust((n) => session(`fet_${'w'.repeat(43)}`, from(`203.0.113.${n}, 192.0.2.7, 10.1.2.3`)));
    expect(count).toBeLessThan(20);
  });
});

/** What is really held: after a collection. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
const many = 200_000;

describe('the counters', () => {
  const route = { method: 'GET', path: '/v1/x', summary: '', access: 'session', status: 200, errors: [] } as Route;
  const koa = (authorization: string, peer: string): any => {
    const headers: Record<string, string> = {};
    return { state: {}, path: '/v1/x', req: { socket: { remoteAddress: peer }, headers: {} }, get: () => authorization, set: (name: string, value: string) => (headers[name] = value), headers };
  };

  it('take no more memory for many addresses and tokens than for a few thousand', async () => {
    const limits = createRateLimits({ perSecond: 100, proxies: [] });
    const flood = async (from: number, to: number): Promise<void> => {
      for (let n = from; n < to; n++) {
        const context = koa(`Bearer fet_${n.toString(36).padStart(43, '0')}`, `${n % 223 + 1}.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`);
        await (limits.middleware(context, async () => limits.charge(context, { id: `session ${n}`, kind: 'embed' }, route)) as Promise<void>);
      }
    };
    await flood(0, 20_000);
    const used = heapBytes();
    await flood(20_000, many);
    expect(heapBytes() - used).toBeLessThan(2_000_000);
  }, 120_000);

  it('count all addresses of one IPv6 network as one, and IPv4 in IPv6 as IPv4', async () => {
    let now = 0;
    const limits = createRateLimits({ perSecond: 2, proxies: [], now: () => now });
    const ask = async (peer: string): Promise<boolean> => (limits.middleware(koa('', peer), async () => undefined) as Promise<void>).then(() => true, () => false);
    for (let n = 0; n < 6; n++) expect(await ask(`2001:db8:1:2::${n}`)).toBe(true);
    expect(await ask('2001:db8:1:2:ffff::1')).toBe(false);
    expect(await ask('2001:db8:1:3::1')).toBe(true);
    for (let n = 0; n < 6; n++) expect(await ask('::ffff:192.0.2.1')).toBe(true);
    expect(await ask('192.0.2.1')).toBe(false);
    now += 1_000;
    expect(await ask('192.0.2.1')).toBe(true);
    expect(await ask('192.0.2.1')).toBe(false);
  });
});

describe('a quota', () => {
  it('is seen before it bites, refuses one more with used and limit, also of many at once, and lets in again after a deletion', async () => {
    const own = await startSystem();
    const client = createClient({ baseUrl: own.server.url, apiKey: own.server.operatorKey });
    try {
      await client.workspaces.put('default', { title: 'Default', origins: [], limits: { apps: 3 } });
      const first = await client.apps.create({ title: 'First' });
      expect((await client.session.read()).limits).toEqual({ apps: { used: 1, limit: 3 } });
      const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => own.call('/v1/apps', { method: 'POST', body: { title: `App ${n}` } })));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
      for (const answer of answers.filter(({ status }) => status !== 201)) {
        expectProblem(answer, 409, 'quota_exceeded');
        expect(answer.json.issues).toMatchObject([{ used: 3, limit: 3 }]);
      }
      expect(await client.workspaces.read('default')).toMatchObject({ usage: { apps: 3 }, limits: { apps: 3 } });
      await client.apps.delete(first.id);
      expect((await client.apps.create({ title: 'In its place' })).title).toBe('In its place');
    } finally {
      client.close();
      await own.stop();
    }
  });
});
