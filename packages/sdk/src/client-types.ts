import type { Topic } from './contract/events.ts';
import type { Page } from './contract/page.ts';
import type { HandshakeOptions } from './version.ts';

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Of one attempt, in milliseconds. */
  timeoutMs?: number | undefined;
  /** Of a write: sent again with the same key, it happens once and is answered as it was the first time. One click has one; the SDK makes one when absent and keeps it over its own retries. */
  idempotencyKey?: string | undefined;
}

/**
 * Asks the portal's backend for a token. `reason` says why a new one is needed; what it throws is the `cause` of a `TokenError`.
 * @example
 * const fetchToken: FetchToken = async ({ signal }) => (await fetch('/portal/embed-token', { method: 'POST', signal })).json();
 */
export type FetchToken = (request: { reason: 'initial' | 'expiring' | 'rejected'; signal: AbortSignal }) => Promise<{ token: string; expiresInSeconds: number }>;

export interface ClientOptions extends HandshakeOptions {
  /** Origin of the server, without `/v1`. */
  baseUrl: string | URL;
  /** Operator or workspace key. Node only: in a page it throws, because everybody could read it. */
  apiKey?: string | undefined;
  /** Browser path: a short-lived token by callback ... */
  fetchToken?: FetchToken | undefined;
  /** ... or from an endpoint of the portal that answers `{token, expiresInSeconds}` to a POST. */
  tokenUrl?: string | URL | undefined;
  /** Which workspace an operator key acts in. */
  workspaceId?: string | undefined;
  timeoutMs?: number | undefined;
  /** Retries of what may be retried; 2 when absent. */
  retryLimit?: number | undefined;
  fetch?: typeof globalThis.fetch | undefined;
}

/**
 * A page that can be awaited, and iterated over all pages with `for await`. Nothing is sent before either.
 * @example
 * const { items, nextCursor } = await fapi.apps.list({ limit: 20 });
 * for await (const app of fapi.apps.list()) console.log(app.title, app.url);
 */
export interface PagePromise<T> extends PromiseLike<Page<T>>, AsyncIterable<T> {
  /** @example for await (const { items } of fapi.apps.list({ limit: 100 }).pages()) console.log(items.length); */
  pages(): AsyncIterable<Page<T>>;
}

/** `polling`: calls get through and no stream does (a proxy keeps or refuses it), so the server is asked again and again. Logs wait until one does. */
export type Connection = 'live' | 'reconnecting' | 'polling';

export interface StreamOptions extends CallOptions {
  /** Absent: all that the caller may see. An empty list is refused (`invalid_request`), and so is one of topics. */
  apps?: readonly string[] | undefined;
  topics?: readonly Topic[] | undefined;
  /** Id to resume after; `'0'` for all that is kept. */
  since?: string | undefined;
  /** Told when the transport changes, e.g. to show "reconnecting". */
  onConnection?: ((state: Connection) => void) | undefined;
}

export type AuthState = 'anonymous' | 'signed_in' | 'refreshing' | 'signed_out';

/** Holds the token in memory only, refreshes it in time, once for all callers. */
export interface Auth {
  readonly state: AuthState;
  subscribe(listener: (state: AuthState, error?: unknown) => void): () => void;
  /** The header value for a request, minting a token if needed. */
  authorization(signal?: AbortSignal): Promise<string | undefined>;
  /** The server refused `authorization`: the next call mints a new token, unless somebody did already. False when there is no other to be had. */
  reject(authorization: string): boolean;
  /** Asks for no other token from now on: the one that is here serves to its end. For what must still be sent before `close`, when whoever is at the page may be somebody else by now. */
  freeze(): void;
  signOut(): void;
  close(): void;
}
