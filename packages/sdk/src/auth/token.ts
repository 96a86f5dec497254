import type { Auth, AuthState, FetchToken } from '../client-types.ts';
import { isTokenError, TokenError } from '../errors.ts';

const mintTimeoutMs = 30_000;
const [firstRetryMs, lastRetryMs] = [1_000, 60_000];
const leastRefreshMs = 10_000;
/** Longer timers fire at once. */
const longestTimerMs = 2 ** 31 - 1;
/** What a header can carry. */
const tokenPattern = /^[\x21-\x7e]+$/;

/** Holds one token in memory, minted once for all callers, refreshed at 80 % of its life by a clock that nobody sets. */
export function createTokenAuth(fetchToken: FetchToken, { now = () => performance.now(), random = Math.random } = {}): Auth {
  const closing = new AbortController();
  const listeners = new Set<(state: AuthState, error?: unknown) => void>();
  let token: { value: string; expiresAt: number } | undefined;
  let minting: Promise<string> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let state: AuthState = 'anonymous';
  let failures = 0;

  const become = (next: AuthState, error?: unknown): void => {
    if (next === state && error === undefined) return;
    state = next;
    for (const listener of listeners) listener(next, error);
  };
  const schedule = (ms: number): void => {
    clearTimeout(timer);
    if (closing.signal.aborted) return;
    timer = setTimeout(() => void mint('expiring').catch(() => undefined), Math.min(ms, longestTimerMs));
    // In Node a script that is done must be able to end.
    (timer as { unref?: () => void }).unref?.();
  };

  const mint = (reason: 'initial' | 'expiring' | 'rejected'): Promise<string> => {
    minting ??= fetchOne(reason).finally(() => (minting = undefined));
    return minting;
  };
  const fetchOne = async (reason: 'initial' | 'expiring' | 'rejected'): Promise<string> => {
    clearTimeout(timer);
    if (token) become('refreshing');
    try {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(mintTimeoutMs)]);
      const answer = await raced(fetchToken({ reason, signal }), signal, () => new TokenError('the portal did not answer with a token in time'));
      if (typeof answer?.token !== 'string' || !tokenPattern.test(answer.token) || !(answer.expiresInSeconds > 0)) throw wrongAnswer();
      const lifeMs = answer.expiresInSeconds * 1_000;
      token = { value: answer.token, expiresAt: now() + lifeMs };
      failures = 0;
      // Not all pages of a portal at the same moment.
      schedule(Math.max(Math.min(leastRefreshMs, lifeMs / 2), lifeMs * (0.8 - 0.1 * random())));
      become('signed_in');
      return token.value;
    } catch (cause) {
      failures += 1;
      const error = isTokenError(cause) ? cause : new TokenError('no token could be had from the portal', { cause });
      if (!closing.signal.aborted) {
        schedule(Math.min(lastRetryMs, firstRetryMs * 2 ** (failures - 1)) * (0.75 + random() / 2));
        become(token && token.expiresAt > now() ? 'refreshing' : 'signed_out', error);
      }
      throw error;
    }
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
      if (closing.signal.aborted) throw new TokenError('this client was closed or signed out');
      if (token && token.expiresAt > now()) return `Bearer ${token.value}`;
      const minted = mint(token ? 'rejected' : 'initial');
      // Who leaves does not take the token away from the others who wait for it.
      return `Bearer ${await (signal ? raced(minted, signal, () => signal.reason as Error) : minted)}`;
    },
    reject(authorization) {
      // Fifty refusals of one token ask for one new one: whoever comes late finds another token here already.
      if (token && authorization === `Bearer ${token.value}`) token = { ...token, expiresAt: Number.NEGATIVE_INFINITY };
      return !closing.signal.aborted;
    },
    signOut() {
      token = undefined;
      clearTimeout(timer);
      closing.abort();
      become('signed_out');
    },
    close() {
      clearTimeout(timer);
      closing.abort();
      listeners.clear();
    },
  };
}

const wrongAnswer = (): TokenError => new TokenError('the token endpoint must answer {token, expiresInSeconds}');

/** What ignores the signal must not hold anybody for ever. */
function raced<T>(work: Promise<T>, signal: AbortSignal, makeError: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(makeError());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Asks an endpoint of the portal, with the portal's own cookies. */
export function fetchTokenFrom(url: string | URL, fetch: typeof globalThis.fetch): FetchToken {
  return async ({ signal }) => {
    const answer = await fetch(url, { method: 'POST', credentials: 'same-origin', headers: { 'content-type': 'application/json' }, body: '{}', signal });
    if (!answer.ok) throw new TokenError(`the token endpoint answered ${answer.status}`);
    try {
      return (await answer.json()) as { token: string; expiresInSeconds: number };
    } catch {
      // Without its cause: the parser quotes what it was given, and that may be the token.
      throw wrongAnswer();
    }
  };
}
