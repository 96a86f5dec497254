import type {
  App, AppFile, BodyInputOf, Deployment, DraftPatch, Draft, EmbedToken, LogLine, Metrics, Readiness, Session, StreamEvent, Topic, Validation, Workspace,
} from './contract/index.ts';
import type { appRoutes } from './contract/apps.ts';
import type { embedTokenRoutes } from './contract/session.ts';
import type { Page } from './contract/page.ts';

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Of one attempt, in milliseconds. */
  timeoutMs?: number | undefined;
}

/** Asks the portal's backend for a token. `reason` says why a new one is needed. */
export type FetchToken = (request: { reason: 'initial' | 'expiring' | 'rejected'; signal: AbortSignal }) => Promise<{ token: string; expiresInSeconds: number }>;

export interface ClientOptions {
  /** Origin of the server, without `/v1`. */
  baseUrl: string | URL;
  /** Operator or workspace key. Node only: in a page it throws, because everybody could read it. */
  apiKey?: string;
  /** Browser path: a short-lived token by callback ... */
  fetchToken?: FetchToken;
  /** ... or from an endpoint of the portal that answers `{token, expiresInSeconds}` to a POST. */
  tokenUrl?: string | URL;
  /** Which workspace an operator key acts in. */
  workspaceId?: string;
  timeoutMs?: number;
  /** Retries of what may be retried; 2 when absent. */
  retryLimit?: number;
  fetch?: typeof globalThis.fetch;
}

/** A page that can be awaited, and iterated over all pages with `for await`. */
export interface PagePromise<T> extends PromiseLike<Page<T>>, AsyncIterable<T> {}

export interface StreamOptions extends CallOptions {
  apps?: readonly string[];
  topics?: readonly Topic[];
  /** Id to resume after; `'0'` for all that is kept. */
  since?: string;
  /** Told when the transport changes, e.g. to show "reconnecting". */
  onConnection?: (state: 'live' | 'reconnecting') => void;
}

/** The only way in. One method per route; everything takes an AbortSignal. */
export interface FapiClient {
  readonly baseUrl: string;
  readonly auth: Auth;
  readonly apps: {
    create(body: BodyInputOf<typeof appRoutes.create>, options?: CallOptions): Promise<App>;
    list(query?: { limit?: number; cursor?: string }, options?: CallOptions): PagePromise<App>;
    read(appId: string, options?: CallOptions): Promise<App>;
    delete(appId: string, options?: CallOptions): Promise<void>;
    metrics(appId: string, options?: CallOptions): Promise<Metrics>;
  };
  readonly drafts: {
    read(appId: string, options?: CallOptions): Promise<Draft>;
    /** Replaces the draft if `version` is still the one on the server; else `ApiError` `draft_conflict`. */
    save(appId: string, draft: { version: number; files: readonly AppFile[] }, options?: CallOptions): Promise<Draft>;
    validate(appId: string, body: { draftVersion: number; patch?: Partial<DraftPatch> }, options?: CallOptions): Promise<Validation>;
  };
  readonly deployments: {
    /** One click has one `idempotencyKey`; the SDK makes one when absent and keeps it over its own retries. */
    create(appId: string, body: { draftVersion: number; patch?: Partial<DraftPatch> }, options?: CallOptions & { idempotencyKey?: string }): Promise<Deployment>;
    list(appId: string, query?: { limit?: number; cursor?: string }, options?: CallOptions): PagePromise<Deployment>;
    read(appId: string, deploymentId: string, options?: CallOptions): Promise<Deployment>;
    cancel(appId: string, deploymentId: string, options?: CallOptions): Promise<Deployment>;
    /** Every change of the deployment from now until it is live or has ended. */
    follow(deployment: Pick<Deployment, 'id' | 'appId'>, options?: CallOptions): AsyncIterable<Deployment>;
    /** The last word of `follow`. */
    untilSettled(deployment: Pick<Deployment, 'id' | 'appId'>, options?: CallOptions): Promise<Deployment>;
  };
  readonly events: { stream(options?: StreamOptions): AsyncIterable<StreamEvent> };
  readonly logs: { follow(appId: string, options?: CallOptions & { since?: string }): AsyncIterable<LogLine> };
  readonly embedTokens: { create(body: BodyInputOf<typeof embedTokenRoutes.create>, options?: CallOptions): Promise<EmbedToken> };
  readonly session: { read(options?: CallOptions): Promise<Session> };
  readonly workspaces: {
    put(workspaceId: string, body: { title: string; origins: readonly string[] }, options?: CallOptions): Promise<Workspace>;
    read(workspaceId: string, options?: CallOptions): Promise<Workspace>;
  };
  readonly health: { ready(options?: CallOptions): Promise<Readiness> };
  /** Ends streams and timers of this client. */
  close(): void;
}

export type AuthState = 'anonymous' | 'signed_in' | 'refreshing' | 'signed_out';

/** Holds the token in memory only, refreshes it in time, once for all callers. */
export interface Auth {
  readonly state: AuthState;
  subscribe(listener: (state: AuthState, error?: unknown) => void): () => void;
  /** The header value for a request, minting a token if needed. */
  authorization(signal?: AbortSignal): Promise<string | undefined>;
  /** The server refused `authorization`: the next call mints a new token, unless somebody did already. */
  reject(authorization: string): void;
  signOut(): void;
  close(): void;
}
