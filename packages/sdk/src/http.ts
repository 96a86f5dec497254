import ky, { HTTPError, type KyInstance, NetworkError } from 'ky';
import type { Auth, ClientOptions } from './client-types.ts';
import { isFapiError } from './errors.ts';
import { loadParser } from './load-parser.ts';
import type { Pass } from './pass.ts';
import { raced } from './raced.ts';
import { readAnswer } from './read-answer.ts';
import { retryAfterMsOf } from './retry-after.ts';
import type { Handshake } from './version.ts';

export const defaultTimeoutMs = 15_000;
/** Longer timers fire at once. */
const longestTimerMs = 2 ** 31 - 1;
const leastTotalMs = 60_000;
/** Told to come back later than a person waits: that is the answer. */
const longestWaitMs = 30_000;
/** What else ky takes for a time to wait; proxies send some of them with every answer. */
const otherWaits = ['ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset', 'x-ratelimit-retry-after'];
type Fetch = typeof globalThis.fetch;

/** The transport of a client: base address, bounded retries with jitter, and the present token on each try. */
export function createHttp(options: ClientOptions, auth: Auth, handshake: Handshake, pass: Pass): KyInstance {
  const authorize = async (request: Request): Promise<void> => {
    const authorization = await auth.authorization(request.signal);
    if (authorization !== undefined) request.headers.set('authorization', authorization);
    void loadParser();
  };
  return ky.create({
    prefix: String(options.baseUrl),
    credentials: 'omit',
    redirect: 'manual',
    fetch: wholly(options.fetch ?? ((input, init) => globalThis.fetch(input, init)), handshake, pass) as (input: string | URL | Request, init?: RequestInit) => Promise<Response>,
    headers: { accept: 'application/json', ...handshake.header, ...(options.workspaceId === undefined ? {} : { 'fapi-workspace': options.workspaceId }) },
    retry: {
      limit: options.retryLimit ?? 2,
      methods: ['get', 'post', 'put', 'patch', 'delete'],
      shouldRetry: ({ error }) => (isRepeatable((error as { request?: Request }).request) && !isSentAway(error) ? undefined : false),
      statusCodes: [408, 429, 500, 502, 503, 504],
      afterStatusCodes: [408, 429, 500, 502, 503, 504],
      backoffLimit: 8_000,
      jitter: true,
      retryOnTimeout: true,
    },
    hooks: {
      beforeRequest: [({ request }) => authorize(request)],
      beforeRetry: [({ request }) => authorize(request)],
    },
  });
}

/** One attempt may take `timeoutMs`; all of them with their pauses a minute, or as long as one attempt may. Answers what is left of that. */
export function startTimes(timeoutMs: number): () => { timeout: number; totalTimeout: number; context: { endsAt: number } } {
  const timeout = Math.min(timeoutMs, longestTimerMs);
  const endsAt = performance.now() + Math.max(leastTotalMs, timeout);
  return () => ({ timeout, totalTimeout: Math.max(1, endsAt - performance.now()), context: { endsAt } });
}

/** What may have happened already is sent again only when its key makes the second one harmless. */
const isRepeatable = (request: Request | undefined): boolean => request?.method === 'GET' || request?.headers.has('idempotency-key') === true;

/** The wait is longer than a person's patience, or than what is left of the call's time. */
function isSentAway(error: unknown): boolean {
  if (!(error instanceof HTTPError)) return false;
  const waitMs = retryAfterMsOf(error.response.headers) ?? 0;
  return waitMs > longestWaitMs || performance.now() + waitMs >= (error.options.context['endsAt'] as number);
}

/** Reads the whole answer inside the attempt, so that its time limit, its signal and its retries cover a body that is cut or stalls. */
function wholly(fetch: Fetch, handshake: Handshake, pass: Pass): Fetch {
  return async (input, init) => {
    const { signal } = input as Request;
    const work = (async () => {
      return readAnswer(await pass(() => fetch(input, init)));
    })();
    try {
      const answer = await raced(work, signal);
      handshake.hear(answer.headers);
      for (const name of otherWaits) answer.headers.delete(name);
      const waitMs = retryAfterMsOf(answer.headers);
      // As ky reads it: in whole seconds, by no clock.
      if (waitMs === undefined) answer.headers.delete('retry-after');
      else answer.headers.set('retry-after', String(Math.ceil(waitMs / 1_000)));
      return answer;
    } catch (cause) {
      // Browsers have many words for a lost connection, and ky does not know them all.
      throw signal.aborted || isFapiError(cause) ? cause : new NetworkError(input as never, { cause: cause as Error });
    }
  };
}
