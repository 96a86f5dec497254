import { HTTPError, isKyError, type KyInstance, TimeoutError as KyTimeoutError } from 'ky';
import * as z from 'zod/mini';
import type { Auth, CallOptions } from './client-types.ts';
import { type BodyInputOf, isWrite, type ParamsOf, type QueryInputOf, type ResponseOf, type Route } from './contract/route.ts';
import { AbortError, ConnectionError, ContractError, isFapiError, TimeoutError } from './errors.ts';
import { startTimes } from './http.ts';
import { readLeniently } from './lenient.ts';
import { toApiError } from './problem.ts';
import { randomId } from './random-id.ts';

/** What a call needs besides its route. */
export interface Transport {
  /** With base address, retries and authorization in its hooks. */
  http: KyInstance;
  auth: Auth;
  /** Of one attempt, for calls that name none. */
  timeoutMs: number;
}

export type Input<R extends Route> = CallOptions & { headers?: Record<string, string> }
  & (ParamsOf<R> extends undefined ? { params?: undefined } : { params: ParamsOf<R> })
  & (BodyInputOf<R> extends undefined ? { body?: undefined } : { body: BodyInputOf<R> })
  & (QueryInputOf<R> extends undefined ? { query?: undefined } : { query?: QueryInputOf<R> });

/** One call through one row of the route table: input checked by its types, the answer by its schema, errors as ours. */
export async function call<R extends Route>({ http, auth, timeoutMs: usualMs }: Transport, route: R, input: Input<R>): Promise<ResponseOf<R>> {
  const { params, query, body, headers, signal, timeoutMs, idempotencyKey } = input as CallOptions & { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown; headers?: Record<string, string> };
  const path = pathOf(route, params);
  const timesLeft = startTimes(timeoutMs ?? usualMs);
  const allHeaders = { ...headers, ...(route.bodyType === 'zip' ? { 'content-type': 'application/zip' } : {}), ...(route.response === 'zip' ? { accept: 'application/zip' } : {}), ...(isWrite(route) ? { 'idempotency-key': idempotencyKey ?? randomId() } : {}) };
  const send = (): Promise<Response> =>
    http(path, {
      method: route.method,
      ...(query ? { searchParams: searchParamsOf(query) } : {}),
      ...(body === undefined ? {} : route.bodyType === 'zip' ? { body: body as BodyInit } : { json: body }),
      headers: allHeaders,
      ...(signal ? { signal } : {}),
      ...timesLeft(),
    });
  try {
    // A refused token has done nothing: with a new one the call goes again, once, whatever the retries are set to.
    const response = await send().catch((error: unknown) => (isRefusedToken(error, auth) ? send() : Promise.reject(error)));
    if (route.response === undefined) return undefined as ResponseOf<R>;
    if (route.response === 'zip') return new Uint8Array(await response.arrayBuffer()) as ResponseOf<R>;
    return parseAnswer(route, response.status, await response.text());
  } catch (error) {
    throw toOwnError(error, route, signal);
  }
}

/** The path of a route below `/v1/`, with its segments filled in and encoded. */
export function pathOf(route: Pick<Route, 'path'>, params: Record<string, string> = {}): string {
  return route.path.slice(1).replace(/:([A-Za-z]+)/g, (_, name: string) => {
    const segment = params[name];
    // An address without it, or with dots, is that of another route.
    if (typeof segment !== 'string' || /^\.{0,2}$/.test(segment)) throw new TypeError(`${name} must be an id, and is ${JSON.stringify(segment)}`);
    return encodeURIComponent(segment);
  });
}

function isRefusedToken(error: unknown, auth: Auth): boolean {
  const used = error instanceof HTTPError && error.response.status === 401 ? error.request.headers.get('authorization') : null;
  return used !== null && auth.reject(used);
}

function searchParamsOf(query: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]));
}

function parseAnswer<R extends Route>(route: R, status: number, text: string): ResponseOf<R> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Without its cause: the parser quotes what it was given, and that may be a new token.
    throw new ContractError(`${route.method} ${route.path} answered ${status} with what is not JSON`, status);
  }
  const answer = readLeniently(route.response as z.ZodMiniType, json);
  if (!answer.success) throw new ContractError(`${route.method} ${route.path} answered ${status} with what the contract does not promise: ${z.prettifyError(answer.error)}`, status, { cause: answer.error });
  return answer.data as ResponseOf<R>;
}

/** Turns what ky and fetch throw into our family. Never with ky's own error as the cause: it holds the request, and that the token. */
export function toOwnError(error: unknown, route: Pick<Route, 'method' | 'path'>, signal?: AbortSignal): unknown {
  const name = `${route.method} ${route.path}`;
  if (signal?.aborted) return new AbortError(`${name} was aborted`, { cause: signal.reason });
  // An answer that was read, or a token that could not be had: its own error says more than "no connection".
  if (isFapiError(error)) return error;
  if (error instanceof HTTPError) return toApiError(error.response, error.data, route);
  if (error instanceof KyTimeoutError) return new TimeoutError(`${name} was not answered in time`);
  const cause = isKyError(error) ? error.cause : error;
  if (cause instanceof Error && cause.name === 'AbortError') return new AbortError(`${name} was aborted`);
  return new ConnectionError(`${name} got no answer`, { cause: withoutRequest(cause) });
}

/** What fetch threw, in words only: some of those that stand in for it attach the request, and that holds the token. */
function withoutRequest(error: unknown, depth = 0): Error | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const { name, message, stack, code } = error as Error & { code?: unknown };
  const cause = withoutRequest(error.cause, depth + 1);
  return Object.assign(new Error(message, cause && { cause }), { name, stack }, typeof code === 'string' ? { code } : {});
}
