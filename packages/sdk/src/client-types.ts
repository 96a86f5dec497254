import type {
  App, AppFile, BodyInputOf, Deployment, DraftPatch, Draft, Egress, EgressGrant, EmbedToken, Environment, LogLine, LogTail, Metrics, Readiness, RuntimeFacts, Session, StreamEvent, TestRun, Topic, Validation, Workspace,
} from './contract/index.ts';
import type { appRoutes } from './contract/apps.ts';
import type { draftRoutes } from './contract/drafts.ts';
import type { environmentRoutes } from './contract/environment.ts';
import type { embedTokenRoutes } from './contract/session.ts';
import type { Page } from './contract/page.ts';
import type { HandshakeOptions } from './version.ts';

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Of one attempt, in milliseconds. */
  timeoutMs?: number | undefined;
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
  apps?: readonly string[] | undefined;
  topics?: readonly Topic[] | undefined;
  /** Id to resume after; `'0'` for all that is kept. */
  since?: string | undefined;
  /** Told when the transport changes, e.g. to show "reconnecting". */
  onConnection?: ((state: Connection) => void) | undefined;
}

/**
 * The only way in. One method per route; everything takes an AbortSignal.
 * Methods reject with `ApiError` (see `isApiError`), `ConnectionError`, `TimeoutError`, `AbortError`, `TokenError` or `ContractError`.
 */
export interface FapiClient {
  readonly baseUrl: string;
  /** Of the server that answered last; undefined before the first answer. */
  readonly serverVersion: string | undefined;
  readonly auth: Auth;
  readonly apps: {
    /**
     * Creates an app with its first draft; a hello app without `files`.
     * @example const app = await fapi.apps.create({ title: 'Hello', files: [{ path: 'main.py', content: source }] });
     */
    create(body: BodyInputOf<typeof appRoutes.create>, options?: CallOptions): Promise<App>;
    /**
     * Newest first.
     * @example for await (const app of fapi.apps.list()) console.log(app.title, app.health);
     */
    list(query?: { limit?: number | undefined; cursor?: string | undefined }, options?: CallOptions): PagePromise<App>;
    /** @example const { freshness, rollout, health } = await fapi.apps.read(app.id); */
    read(appId: string, options?: CallOptions): Promise<App>;
    /**
     * Changes what is named of title and settings. When an idle app sleeps holds at once, `exclusive` from the next deployment.
     * @example await fapi.apps.patch(app.id, { settings: { idleFreezeS: 600 } });
     */
    patch(appId: string, body: BodyInputOf<typeof appRoutes.patch>, options?: CallOptions): Promise<App>;
    /**
     * Deletes the app and stops serving it.
     * @example await fapi.apps.delete(app.id);
     */
    delete(appId: string, options?: CallOptions): Promise<void>;
    /**
     * Counters since the app was created.
     * @example const { requests, status5xx } = await fapi.apps.metrics(app.id);
     */
    metrics(appId: string, options?: CallOptions): Promise<Metrics>;
  };
  readonly drafts: {
    /** @example const { version, files } = await fapi.drafts.read(app.id); */
    read(appId: string, options?: CallOptions): Promise<Draft>;
    /**
     * Replaces the draft if `version` is still the one on the server; else `ApiError` `draft_conflict`, with the `currentVersion`.
     * @example await fapi.drafts.save(app.id, { version, files: [...files, { path: 'lib.py', content: 'x = 1\n' }] });
     */
    save(appId: string, draft: { version: number; files: readonly AppFile[] }, options?: CallOptions): Promise<Draft>;
    /**
     * All that is wrong with the draft at `draftVersion` with `patch` on top; saves nothing. Not repeated by itself when it fails.
     * With a `session` (one open editor) it is imported too: `dryImport` has its routes, and a deploy of exactly this draft only has to switch.
     * @example const { findings } = await fapi.drafts.validate(app.id, { draftVersion: version, patch: { put: [{ path: 'main.py', content: text }] } });
     */
    validate(appId: string, body: BodyInputOf<typeof draftRoutes.validate>, options?: CallOptions): Promise<Validation>;
    /**
     * Runs the draft's own pytest suite; failures are findings at their line. Takes as long as the tests do, at most `deadlineMs` (60 s) and a little more.
     * @example const { passed, failed, findings } = await fapi.drafts.test(app.id, { draftVersion: version });
     */
    test(appId: string, body: BodyInputOf<typeof draftRoutes.test>, options?: CallOptions): Promise<TestRun>;
  };
  readonly environment: {
    /**
     * The variables of the app; those that are secret without their values.
     * @example const { version, variables } = await fapi.environment.read(app.id);
     */
    read(appId: string, options?: CallOptions): Promise<Environment>;
    /**
     * Replaces the whole environment if `version` is still the newest; else `ApiError` `environment_conflict`, with the `currentVersion`. A secret without a value keeps the one it has.
     * The next deployment takes it live: one of the live revision brings nothing else.
     * @example
     * await fapi.environment.save(app.id, { version, variables: [...variables, { name: 'API_KEY', value: key, secret: true, scope: 'live' }] });
     * await fapi.deployments.create(app.id, { revision: app.live.revision });
     */
    save(appId: string, environment: { version: number; variables: readonly BodyInputOf<typeof environmentRoutes.save>['variables'][number][] }, options?: CallOptions): Promise<Environment>;
  };
  readonly egress: {
    /** @example const { grants } = await fapi.egress.read(app.id); */
    read(appId: string, options?: CallOptions): Promise<Egress>;
    /**
     * Says where the app may connect to, and swaps what is live for the same revision with it. Operator key only.
     * @example await fapi.egress.put(app.id, { grants: [{ host: 'db.internal', port: 5432 }] });
     */
    put(appId: string, egress: { grants: readonly EgressGrant[] }, options?: CallOptions): Promise<Egress>;
  };
  readonly deployments: {
    /**
     * Saves `patch`, freezes the result and asks for it to be live: all or nothing. With a `revision` it asks for that one again and leaves the draft alone. Both take the newest environment.
     * One click has one `idempotencyKey`; the SDK makes one when absent and keeps it over its own retries.
     * @example const deployment = await fapi.deployments.create(app.id, { draftVersion: version });
     */
    create(appId: string, body: { draftVersion: number; patch?: Partial<DraftPatch> } | { revision: string }, options?: CallOptions & { idempotencyKey?: string | undefined }): Promise<Deployment>;
    /**
     * Newest first.
     * @example const { items: [newest] } = await fapi.deployments.list(app.id, { limit: 1 });
     */
    list(appId: string, query?: { limit?: number | undefined; cursor?: string | undefined }, options?: CallOptions): PagePromise<Deployment>;
    /** @example const { status, stages } = await fapi.deployments.read(app.id, deployment.id); */
    read(appId: string, deploymentId: string, options?: CallOptions): Promise<Deployment>;
    /**
     * Cancels what is not live yet; else `ApiError` `already_live` or `already_settled`.
     * @example await fapi.deployments.cancel(app.id, deployment.id);
     */
    cancel(appId: string, deploymentId: string, options?: CallOptions): Promise<Deployment>;
    /**
     * What the deployment is now, then every change until it is live or has ended. Outlives lost connections; a time limit is the caller's `signal`.
     * @example for await (const { status, stages } of fapi.deployments.follow(deployment)) console.log(status, stages.at(-1)?.durationMs);
     */
    follow(deployment: Pick<Deployment, 'id' | 'appId'>, options?: CallOptions): AsyncIterable<Deployment>;
    /**
     * The last word of `follow`.
     * @example const { status, url, failure } = await fapi.deployments.untilSettled(deployment, { signal: AbortSignal.timeout(60_000) });
     */
    untilSettled(deployment: Pick<Deployment, 'id' | 'appId'>, options?: CallOptions): Promise<Deployment>;
  };
  readonly events: {
    /**
     * Follows what happens; it reconnects by itself and resumes after the last event. On `ready` and `reset`, read again what you show.
     * @example
     * for await (const event of fapi.events.stream({ apps: [app.id], topics: ['deployments', 'logs'] })) {
     *   if (event.type === 'log') for (const { text } of event.lines) console.log(text);
     * }
     */
    stream(options?: StreamOptions): AsyncIterable<StreamEvent>;
  };
  readonly logs: {
    /**
     * The newest lines, oldest first.
     * @example const { lines } = await fapi.logs.read(app.id, { limit: 100 });
     */
    read(appId: string, query?: { limit?: number | undefined }, options?: CallOptions): Promise<LogTail>;
    /** @example for await (const { stream, text } of fapi.logs.follow(app.id, { since: '0' })) console.log(stream, text); */
    follow(appId: string, options?: CallOptions & { since?: string | undefined }): AsyncIterable<LogLine>;
  };
  readonly runtime: {
    /**
     * What runs the apps, and how well it isolates them (level 0 to 3).
     * @example const { isolation: { level, layers } } = await fapi.runtime.read();
     */
    read(options?: CallOptions): Promise<RuntimeFacts>;
  };
  /**
   * For a portal's backend, with the operator key: a token of minutes for one visitor's page.
   * @example const { token, expiresInSeconds } = await fapi.embedTokens.create({ subject: user.id, apps: [app.id], origins: ['https://portal.example'] });
   */
  readonly embedTokens: { create(body: BodyInputOf<typeof embedTokenRoutes.create>, options?: CallOptions): Promise<EmbedToken> };
  /** What the token may do. @example const { scopes, apps } = await fapi.session.read(); */
  readonly session: { read(options?: CallOptions): Promise<Session> };
  readonly workspaces: {
    /**
     * Creates a workspace or sets its title and the page origins that may call. Operator key only.
     * @example await fapi.workspaces.put('default', { title: 'Portal', origins: ['https://portal.example'] });
     */
    put(workspaceId: string, body: { title: string; origins: readonly string[] }, options?: CallOptions): Promise<Workspace>;
    /** @example const { origins } = await fapi.workspaces.read('default'); */
    read(workspaceId: string, options?: CallOptions): Promise<Workspace>;
  };
  /** Rejects with `ApiError` `not_ready` while the server cannot work. @example await fapi.health.ready(); */
  readonly health: { ready(options?: CallOptions): Promise<Readiness> };
  /** Ends streams and timers of this client; calls that were sent go on. */
  close(): void;
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
  signOut(): void;
  close(): void;
}
