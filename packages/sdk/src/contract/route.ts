import * as z from 'zod/mini';
import type { ErrorCode } from './problem.ts';

/** What a token must allow for a route. `public` routes take no token; `operator` needs the operator key. */
export const scopes = [
  'apps:read', 'apps:write', 'drafts:read', 'drafts:write', 'deployments:read', 'deployments:write', 'environment:read', 'environment:write', 'logs:read', 'metrics:read',
  'audit:read', 'access:write', 'tokens:write',
] as const;
export const Scope = z.enum(scopes);
export type Scope = z.infer<typeof Scope>;

type Schema = z.ZodMiniType;

/**
 * One row of the route table: the client calls through it, the server checks requests and answers against it, and OpenAPI is made from it.
 * `path` uses `:name` segments. `response` is absent for 204, `'event-stream'` for server-sent events, `'zip'` for an archive of files, `'bytes'` for a file that is streamed and `'socket'` for a WebSocket, whose token comes in its first frame; an archive that comes in is the `bodyType`.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: `/v1/${string}`;
  readonly summary: string;
  readonly access: Scope | 'public' | 'session' | 'operator';
  readonly params?: z.ZodMiniObject;
  readonly query?: z.ZodMiniObject;
  /** Lower-case header names the route reads. */
  readonly headers?: z.ZodMiniObject;
  readonly body?: Schema;
  readonly bodyType?: 'zip';
  /** For a POST that changes nothing of ours: it takes no idempotency key, is never sent twice by the SDK, and leaves no audit row by itself. */
  readonly isRead?: true;
  readonly status: 101 | 200 | 201 | 202 | 204;
  readonly response?: Schema | 'event-stream' | 'zip' | 'bytes' | 'socket';
  /** Codes beyond those that every route of its kind may answer (see `errorsOf`). */
  readonly errors: readonly ErrorCode[];
}

const commonErrors = ['invalid_request', 'host_not_allowed', 'client_too_old', 'rate_limited', 'internal', 'not_ready', 'storage_full'] as const satisfies readonly ErrorCode[];
const tokenErrors = ['unauthorized', 'token_expired', 'forbidden', 'origin_not_allowed', 'workspace_not_found', 'identity_provider_unavailable'] as const satisfies readonly ErrorCode[];
const bodyErrors = ['body_too_large', 'invalid_json', 'unsupported_media_type'] as const satisfies readonly ErrorCode[];
const archiveErrors = ['body_too_large', 'unsupported_media_type'] as const satisfies readonly ErrorCode[];

/** It changes something: it takes an `Idempotency-Key`, and leaves an audit row. */
export const isWrite = ({ method, isRead }: Route): boolean => method !== 'GET' && isRead !== true;

/** Every code that a route may answer: its own, and those of the onion around it. */
export const errorsOf = (route: Route): ReadonlySet<ErrorCode> => new Set([
  ...commonErrors, ...(route.access === 'public' ? [] : tokenErrors), ...(route.body ? bodyErrors : []), ...(route.bodyType ? archiveErrors : []), ...(isWrite(route) ? (['idempotency_conflict'] as const) : []), ...route.errors,
]);

/** Keeps the literal types of a row while checking it. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}

type Bytes = Uint8Array<ArrayBuffer>;
type Output<S> = S extends Schema ? z.output<S> : S extends 'zip' ? Bytes : undefined;
type Input<S> = S extends Schema ? z.input<S> : undefined;
export type ParamsOf<R extends Route> = Output<R['params']>;
export type QueryOf<R extends Route> = Output<R['query']>;
export type HeadersOf<R extends Route> = Output<R['headers']>;
export type BodyOf<R extends Route> = R['bodyType'] extends 'zip' ? Bytes : Output<R['body']>;
export type BodyInputOf<R extends Route> = R['bodyType'] extends 'zip' ? Bytes : Input<R['body']>;
export type QueryInputOf<R extends Route> = Input<R['query']>;
export type ResponseOf<R extends Route> = Output<R['response']>;
