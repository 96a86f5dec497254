import ky, { type KyInstance } from 'ky';
import type { Auth, ClientOptions } from './client-types.ts';

const defaultTimeoutMs = 15_000;

/** The transport of a client: base address, bounded retries with jitter, and the present token on each try. */
export function createHttp(options: ClientOptions, auth: Auth): KyInstance {
  const authorize = async (request: Request): Promise<void> => {
    const authorization = await auth.authorization(request.signal);
    if (authorization !== undefined) request.headers.set('authorization', authorization);
  };
  return ky.create({
    prefix: String(options.baseUrl),
    credentials: 'omit',
    timeout: options.timeoutMs ?? defaultTimeoutMs,
    totalTimeout: 60_000,
    ...(options.fetch ? { fetch: options.fetch as (input: string | URL | Request, init?: RequestInit) => Promise<Response> } : {}),
    headers: options.workspaceId === undefined ? {} : { 'fapi-workspace': options.workspaceId },
    retry: {
      limit: options.retryLimit ?? 2,
      // A POST is tried again only when its key makes the second one harmless.
      methods: ['get', 'put', 'delete', 'post'],
      shouldRetry: ({ error }) => {
        const request = (error as { request?: Request }).request;
        return request?.method === 'POST' && !request.headers.has('idempotency-key') ? false : undefined;
      },
      statusCodes: [408, 429, 500, 502, 503, 504],
      afterStatusCodes: [429, 503],
      maxRetryAfter: 30_000,
      backoffLimit: 8_000,
      jitter: true,
      retryOnTimeout: true,
    },
    hooks: {
      beforeRequest: [({ request }) => authorize(request)],
      beforeRetry: [({ request }) => authorize(request)],
      afterResponse: [({ request, response, retryCount }) => {
        const used = request.headers.get('authorization');
        // Only a token can be replaced; a key that was refused once is refused for ever.
        if (response.status !== 401 || used === null || retryCount > 0 || options.apiKey !== undefined) return undefined;
        auth.reject(used);
        return ky.retry({ delay: 0 });
      }],
    },
  });
}
