import type { Auth, AuthState, FetchToken } from '../client-types.ts';
import { isTokenError, TokenError } from '../errors.ts';
import { raced } from '../raced.ts';
import { isBearer } from './bearer.ts';
import { watchReturn } from './watch-return.ts';

const mintTimeoutMs = 30_000;
const [firstRetryMs, lastRetryMs] = [1_000, 60_000];
/** Between two that nobody waits for, however short the life of a token. */
const leastRefreshMs = 10_000;
/** Longer timers fire at once. */
const longestTimerMs = 2 ** 31 - 1;
type Reason = Parameters<FetchToken>[0]['reason'];

/**
 * Holds one token in memory, minted once for all callers, refreshed at about 80 % of its life. Its age is measured by a clock that nobody sets;
 * `wallClock` only tells, when a page comes back, whether the machine has slept meanwhile.
 */
export function createTokenAuth(fetchToken: FetchToken, { now = () => performance.now(), random = Math.random, wallClock = () => Date.now() } = {}): Auth {
  const closing = new AbortController();
  const listeners = new Set<(state: AuthState, error?: unknown) => void>();
  let token: { value: string; expiresAt: number; refreshAfterMs: number } | undefined;
  let asked = { at: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };
  let minting: Promise<string> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let state: AuthState = 'anonymous';
  let failures = 0;
  let isFrozen = false;

  const become = (next: AuthState, error?: unknown): void => {
    if (next === state && error === undefined) return;
    state = next;
    // What a listener throws is its own error: it must cost nobody the token.
    for (const listener of listeners) queueMicrotask(() => listeners.has(listener) && listener(next, error));
  };
  const schedule = (ms: number): void => {
    clearTimeout(timer);
    if (closing.signal.aborted || isFrozen) return;
    timer = setTimeout(() => void mint('expiring').catch(() => undefined), Math.min(ms, longestTimerMs));
    // In Node a script that is done must be able to end.
    (timer as { unref?: () => void }).unref?.();
  };

  const mint = (reason: Reason): Promise<string> => {
    minting ??= fetchOne(reason).finally(() => (minting = undefined));
    return minting;
  };
  const fetchOne = async (reason: Reason): Promise<string> => {
    clearTimeout(timer);
    if (isFrozen) throw closed();
    asked = { at: now(), wall: wallClock() };
    if (token) become('refreshing');
    const late = new AbortController();
    const deadline = setTimeout(() => late.abort(), mintTimeoutMs);
    try {
      const signal = AbortSignal.any([closing.signal, late.signal]);
      const answer = await raced(fetchToken({ reason, signal }), signal, () => (closing.signal.aborted ? closed() : new TokenError('the portal did not answer with a token in time')));
      // Whoever is at the page when the answer comes may be another visitor.
      if (closing.signal.aborted || isFrozen) throw closed();
      if (!isBearer(answer?.token) || typeof answer.expiresInSeconds !== 'number' || !(answer.expiresInSeconds > 0)) throw wrongAnswer();
      const lifeMs = answer.expiresInSeconds * 1_000;
      // Not all pages of a portal at the same moment.
      token = { value: answer.token, expiresAt: now() + lifeMs, refreshAfterMs: Math.max(leastRefreshMs, lifeMs * (0.8 - 0.1 * random())) };
      failures = 0;
      schedule(token.refreshAfterMs);
      become('signed_in');
      return token.value;
    } catch (cause) {
      failures += 1;
      const error = isTokenError(cause) ? cause : new TokenError('no token could be had from the portal', { cause });
      if (!closing.signal.aborted && !isFrozen) {
        schedule(Math.min(lastRetryMs, firstRetryMs * 2 ** (failures - 1)) * (0.75 + random() / 2));
        become(token && token.expiresAt > now() ? 'refreshing' : 'signed_out', error);
      }
      throw error;
    } finally {
      clearTimeout(deadline);
    }
  };

  /** A page that was hidden, asleep or offline: its timers came late, or an attempt failed that would work now. */
  const onReturn = (): void => {
    const isDue = token !== undefined && wallClock() - asked.wall >= token.refreshAfterMs;
    if ((isDue || failures > 0) && now() - asked.at >= firstRetryMs) void mint('expiring').catch(() => undefined);
  };
  const unwatch = watchReturn(onReturn);
  const end = (): void => {
    clearTimeout(timer);
    unwatch();
    closing.abort();
  };

  return {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async authorization(signal) {
      if (closing.signal.aborted) throw closed();
      if (token && token.expiresAt > now()) return `Bearer ${token.value}`;
      const minted = mint(token ? 'rejected' : 'initial');
      // Who leaves does not take the token away from the others who wait for it.
      return `Bearer ${await (signal ? raced(minted, signal) : minted)}`;
    },
    reject(authorization) {
      // Fifty refusals of one token ask for one new one: whoever comes late finds another token here already.
      if (token && authorization === `Bearer ${token.value}`) token = { ...token, expiresAt: Number.NEGATIVE_INFINITY };
      return !closing.signal.aborted && !isFrozen;
    },
    freeze() {
      isFrozen = true;
      clearTimeout(timer);
      unwatch();
    },
    signOut() {
      token = undefined;
      end();
      become('signed_out');
    },
    close() {
      end();
      token = undefined;
      listeners.clear();
    },
  };
}

const closed = (): TokenError => new TokenError('this client was closed or signed out');
const wrongAnswer = (): TokenError => new TokenError('the token endpoint must answer {token, expiresInSeconds}');

/** Asks an endpoint of the portal, with the portal's own cookies. */
export function fetchTokenFrom(url: string | URL, fetch: typeof globalThis.fetch): FetchToken {
  return async ({ signal }) => {
    const answer = await fetch(url, { method: 'POST', credentials: 'same-origin', headers: { 'content-type': 'application/json' }, body: '{}', signal });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw new TokenError(`the token endpoint answered ${answer.status}`, { status: answer.status });
    }
    try {
      return (await answer.json()) as { token: string; expiresInSeconds: number };
    } catch {
      // Without its cause: the parser quotes what it was given, and that may be the token.
      throw wrongAnswer();
    }
  };
}
