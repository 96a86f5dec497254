import { HTTPError, isKyError, type KyInstance, TimeoutError as KyTimeoutError } from 'ky';
import type { Auth, CallOptions } from './client-types.ts';
import type { BodyInputOf, ParamsOf, QueryInputOf, ResponseOf, Route } from './contract/route.ts';
import type { Address, RowsByAddress } from './contract/routes.ts';
import { AbortError, ConnectionError, isFapiError, TimeoutError } from './errors.ts';
import { startTimes } from './http.ts';
import { loadParser } from './load-parser.ts';
import { toApiError } from './problem.ts';
import { raced } from './raced.ts';
import { randomId } from './random-id.ts';

/** What a call needs besides its route. */
export interface Transport {
  /** With base address, retries and authorization in its hooks. */
  http: KyInstance;
  auth: Auth;
  /** Of one attempt, for calls that name none. */
  timeoutMs: number;
}

type Input<R extends Route> = CallOptions & { headers?: Record<string, string>; outlivesPage?: true }
  & (ParamsOf<R> extends undefined ? { params?: undefined } : { params: ParamsOf<R> })
  & (BodyInputOf<R> extends undefined ? { body?: undefined } : { body: BodyInputOf<R> })
  & (QueryInputOf<R> extends undefined ? { query?: undefined } : { query?: QueryInputOf<R> })
  // What else of its row must be known before the row itself is here.
  & (R extends { isRead: true } ? { isRead: true } : {})
  & (R['response'] extends 'zip' ? { answer: 'zip' } : {});

interface AnyInput extends CallOptions { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown; headers?: Record<string, string>; isRead?: true; answer?: 'zip'; outlivesPage?: true }

/** One call through one row of the route table: input checked by its types, the answer by its schema, errors as ours. */
export async function call<A extends Address>({ http, auth, timeoutMs: usualMs }: Transport, address: A, input: Input<RowsByAddress[A]>): Promise<ResponseOf<RowsByAddress[A]>> {
  type Answer = ResponseOf<RowsByAddress[A]>;
  const { params, query, body, headers, signal, timeoutMs, idempotencyKey, isRead, answer, outlivesPage } = input as AnyInput;
  const [method, path] = [methodOf(address), pathOf(address, params)];
  const isZip = ArrayBuffer.isView(body);
  const timesLeft = startTimes(timeoutMs ?? usualMs);
  const allHeaders = { ...headers, ...(isZip ? { 'content-type': 'application/zip' } : {}), ...(answer === 'zip' ? { accept: 'application/zip' } : {}), ...(method === 'GET' || isRead ? {} : { 'idempotency-key': idempotencyKey ?? randomId() }) };
  const send = (): Promise<Response> =>
    http(path, {
      method,
      ...(query ? { searchParams: searchParamsOf(query) } : {}),
      ...(body === undefined ? {} : isZip ? { body: body as BodyInit } : { json: body }),
      headers: allHeaders,
      ...(signal ? { signal } : {}),
      ...(outlivesPage ? { keepalive: true } : {}),
      ...timesLeft(),
    });
  try {
    // A refused token has done nothing: with a new one the call goes again, once, whatever the retries are set to.
    const response = await send().catch((error: unknown) => (isRefusedToken(error, auth) ? send() : Promise.reject(error)));
    if (answer === 'zip') return new Uint8Array(await response.arrayBuffer()) as Answer;
    const { parseAnswer } = await raced(loadParser(), AbortSignal.any([AbortSignal.timeout(timesLeft().timeout), ...(signal ? [signal] : [])]));
    return parseAnswer(address, response.status, await response.text()) as Answer;
  } catch (error) {
    throw toOwnError(error, address, signal);
  }
}

const methodOf = (address: Address): string => address.split(' ')[0]!;

/** The path of a route, from `v1/` on, with its segments filled in and encoded. */
export function pathOf(address: Address, params: Record<string, string> = {}): string {
  return address.slice(address.indexOf('/') + 1).replace(/:([A-Za-z]+)/g, (_, name: string) => {
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

/** Turns what ky and fetch throw into our family. Never with ky's own error as the cause: it holds the request, and that the token. */
export function toOwnError(error: unknown, address: Address, signal?: AbortSignal): unknown {
  if (signal?.aborted) return new AbortError(`${address} was aborted`, { cause: signal.reason });
  // An answer that was read, or a token that could not be had: its own error says more than "no connection".
  if (isFapiError(error)) return error;
  if (error instanceof HTTPError) return toApiError(error.response, error.data, address);
  if (error instanceof KyTimeoutError) return new TimeoutError(`${address} was not answered in time`);
  const cause = isKyError(error) ? error.cause : error;
  if (cause instanceof Error && cause.name === 'AbortError') return new AbortError(`${address} was aborted`);
  return new ConnectionError(`${address} got no answer`, { cause: withoutRequest(cause) });
}

/** What fetch threw, in words only: some of those that stand in for it attach the request, and that holds the token. */
function withoutRequest(error: unknown, depth = 0): Error | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const { name, message, stack, code } = error as Error & { code?: unknown };
  const cause = withoutRequest(error.cause, depth + 1);
  return Object.assign(new Error(message, cause && { cause }), { name, stack }, typeof code === 'string' ? { code } : {});
}
