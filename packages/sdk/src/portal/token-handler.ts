import type { BodyInputOf } from '../contract/route.ts';
import type { embedTokenRoutes } from '../contract/session.ts';
import { isApiError } from '../errors.ts';
import type { FapiClient } from '../fapi-client.ts';
import { isOwnPage } from './own-page.ts';

const mintTimeoutMs = 10_000;

/** Who the visitor is, in the portal's words, and what the token may do: the body of `fapi.embedTokens.create`. */
export type Grant = BodyInputOf<typeof embedTokenRoutes.create>;

/** Answers a request of one of the portal's pages. `context` is what the adapter knows besides: Node's request, Koa's context. Never rejects. */
export type TokenHandler<C> = (request: Request, context?: C) => Promise<Response>;

export interface TokenHandlerOptions<C = any> {
  /** With the portal's key; it stays on the server. */
  client: Pick<FapiClient, 'embedTokens'>;
  /** The visitor of this request by the portal's own session; undefined when nobody is signed in. */
  identify(request: Request, context: C): Grant | undefined | Promise<Grant | undefined>;
  /** Origins of the portal's pages, for a proxy that changes `Host`; else a page is the portal's own when it comes from the same host. */
  origins?: readonly string[] | undefined;
  /** Told when no token could be minted; it goes to `console.error` when absent. The error holds no secret. */
  onError?: ((error: unknown) => void) | undefined;
}

/**
 * Makes the endpoint that `tokenUrl` of a page names: it takes a POST of the portal's own pages and answers `{token, expiresInSeconds}`.
 * 405 for another method, 403 for a page that is not the portal's, 401 when nobody is signed in, 502 or 503 when fapi gave no token.
 * @example
 * const handleToken = createTokenHandler({ client: fapi, identify: async (request) => {
 *   const user = await findUser(request.headers.get('cookie'));
 *   return user && { subject: user.id, origins: ['https://portal.example'] };
 * } });
 */
export function createTokenHandler<C = any>({ client, identify, origins, onError = (error) => console.error('no token could be minted:', error) }: TokenHandlerOptions<C>): TokenHandler<C> {
  return async (request, context) => {
    if (request.method !== 'POST') return say(405, 'method_not_allowed', { allow: 'POST' });
    // A token that a foreign page could ask for with the visitor's cookies would be the foreign page's.
    if (!isOwnPage(request, origins)) return say(403, 'origin_not_allowed');
    try {
      const grant = await identify(request, context as C);
      if (!grant) return say(401, 'unauthorized');
      const { token, expiresInSeconds } = await client.embedTokens.create(grant, { signal: request.signal, timeoutMs: mintTimeoutMs });
      return answer(200, { token, expiresInSeconds });
    } catch (error) {
      if (!request.signal.aborted) onError(error);
      // What the server says is for the portal, not for its visitor.
      const isBusy = !isApiError(error) || error.status === 429 || error.status >= 500;
      return say(isBusy ? 503 : 502, 'no_token', isBusy ? { 'retry-after': String(Math.ceil((isApiError(error) ? (error.retryAfterMs ?? 0) : 0) / 1_000) || 1) } : {});
    }
  };
}

const say = (status: number, code: string, headers: Record<string, string> = {}): Response => answer(status, { code }, headers);
const answer = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store', vary: 'origin, sec-fetch-site, cookie', ...headers } });
