import ky, { HTTPError, type KyInstance } from 'ky';
import type { Auth, ClientOptions } from './client-types.ts';

const defaultTimeoutMs = 15_000;
const leastTotalMs = 60_000;
const longestWaitSeconds = 30;
type Fetch = typeof globalThis.fetch;

/** The transport of a client: base address, bounded retries with jitter, and the present token on each try. */
export function createHttp(options: ClientOptions, auth: Auth): KyInstance {
  const authorize = async (request: Request): Promise<void> => {
    const authorization = await auth.authorization(request.signal);
    if (authorization !== undefined) request.headers.set('authorization', authorization);
  };
  return ky.create({
    prefix: String(options.baseUrl),
    credentials: 'omit',
    ...timesOf(options.timeoutMs ?? defaultTimeoutMs),
    fetch: wholly(options.fetch ?? ((input, init) => globalThis.fetch(input, init))) as (input: string | URL | Request, init?: RequestInit) => Promise<Response>,
    headers: { accept: 'application/json', ...(options.workspaceId === undefined ? {} : { 'fapi-workspace': options.workspaceId }) },
    retry: {
      limit: options.retryLimit ?? 2,
      methods: ['get', 'put', 'patch', 'delete', 'post'],
      shouldRetry: ({ error }) => (isRepeatable((error as { request?: Request }).request) && !isSentAway(error) ? undefined : false),
      statusCodes: [408, 429, 500, 502, 503, 504],
      afterStatusCodes: [429, 503],
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

/** One attempt may take `timeoutMs`; all of them with their pauses a minute, or as long as one attempt may. */
export const timesOf = (timeoutMs: number): { timeout: number; totalTimeout: number } => ({ timeout: timeoutMs, totalTimeout: Math.max(leastTotalMs, timeoutMs) });

/** A POST without a key would be done twice; every other one is harmless the second time. */
const isRepeatable = (request: Request | undefined): boolean => request?.method !== 'POST' || request.headers.has('idempotency-key');

/** Told to come back later than a person waits: that is the answer. */
function isSentAway(error: unknown): boolean {
  const retryAfter = error instanceof HTTPError ? error.response.headers.get('retry-after') : null;
  if (retryAfter === null) return false;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1_000;
  return seconds > longestWaitSeconds;
}

/** Reads the whole answer inside the attempt, so that its time limit and its retries cover a body that is cut or stalls. */
function wholly(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const body = await response.arrayBuffer();
    return new Response(body.byteLength === 0 ? null : body, response);
  };
}
