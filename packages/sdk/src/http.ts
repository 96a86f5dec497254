import type { Auth, ClientOptions } from './client-types.ts';
import { isFapiError } from './errors.ts';
import { loadParser } from './load-parser.ts';
import { pause } from './pause.ts';
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
/** Before the first retry at most; twice as long before each other one. */
const firstPauseMs = 300;
const longestPauseMs = 8_000;
const retriesUsually = 2;
/** What another moment may answer otherwise. */
const passing: readonly number[] = [408, 429, 500, 502, 503, 504];
/** Nobody leaves. */
const never = new AbortController().signal;
type Fetch = typeof globalThis.fetch;

/** An answer that is a refusal; `authorization` is what was refused. None of this file's errors gets out of the package, which would take the token along. */
export class RefusedError extends Error {
  readonly response: Response;
  readonly data: unknown;
  readonly authorization: string | null;
  constructor(response: Response, data: unknown, authorization: string | null) {
    super('the answer is a refusal');
    this.response = response;
    this.data = data;
    this.authorization = authorization;
  }
}
/** No answer came in time. */
export class LateError extends Error {}
/** No answer came: the connection is its cause. */
export class LostError extends Error {}

export interface HttpOptions {
  readonly method: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly keepalive?: boolean | undefined;
  /** Of one attempt, which begins when it has its token. */
  readonly timeoutMs: number;
  /** Of all attempts and the pauses between them, by `performance.now()`. */
  readonly endsAt: number;
}
/** The whole answer to a request below the base address. Rejects with `RefusedError`, `LateError`, `LostError`, one of the package's own, or the signal's reason. */
export type Http = (path: string, options: HttpOptions) => Promise<Response>;

/** The transport of a client: base address, bounded retries with jitter, and the present token on each try. */
export function createHttp({ baseUrl, fetch, retryLimit = retriesUsually, workspaceId }: ClientOptions, auth: Auth, handshake: Handshake): Http {
  const base = String(baseUrl).replace(/\/+$/, '');
  const read = wholly(fetch ?? ((input, init) => globalThis.fetch(input, init)), handshake);
  const usual = { accept: 'application/json', ...handshake.header, ...(workspaceId === undefined ? {} : { 'fapi-workspace': workspaceId }) };

  const attempt = async (url: string, { method, headers, body, signal, keepalive = false, timeoutMs, endsAt }: HttpOptions): Promise<Response> => {
    const over = new AbortController();
    let timer = setTimeout(() => over.abort(new LateError()), Math.max(0, endsAt - performance.now()));
    const ended = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
    try {
      ended.throwIfAborted();
      const authorization = await raced(auth.authorization(ended), ended);
      void loadParser();
      clearTimeout(timer);
      timer = setTimeout(() => over.abort(new LateError()), Math.max(0, Math.min(timeoutMs, endsAt - performance.now())));
      const request = new Request(url, {
        method, headers: { ...usual, ...headers, ...(authorization === undefined ? {} : { authorization }) }, credentials: 'omit', redirect: 'manual', signal: ended, keepalive,
        ...(body === undefined ? {} : { body }),
      });
      const response = await read(request);
      if (!response.ok) throw new RefusedError(response, await dataOf(response), request.headers.get('authorization'));
      return response;
    } catch (error) {
      throw over.signal.aborted && !signal?.aborted ? over.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  };

  return async (path, options) => {
    const url = `${base}/${path}${options.query && Object.keys(options.query).length > 0 ? `?${new URLSearchParams(options.query)}` : ''}`;
    for (let retries = 0; ; retries += 1) {
      try {
        return await attempt(url, options);
      } catch (error) {
        const pauseMs = retries < retryLimit && isRepeatable(options) ? pauseMsAfter(error, retries) : undefined;
        if (options.signal?.aborted || pauseMs === undefined || performance.now() + pauseMs >= options.endsAt) throw error;
        await pause(pauseMs, options.signal ?? never);
      }
    }
  };
}

/** One attempt may take `timeoutMs`; all of them with their pauses a minute, or as long as one attempt may. */
export function startTimes(timeoutMs: number): Pick<HttpOptions, 'timeoutMs' | 'endsAt'> {
  const own = Math.min(timeoutMs, longestTimerMs);
  return { timeoutMs: own, endsAt: performance.now() + Math.max(leastTotalMs, own) };
}

/** What may have happened already is sent again only when its key makes the second one harmless. */
const isRepeatable = ({ method, headers }: HttpOptions): boolean => method === 'GET' || 'idempotency-key' in headers;

/** Undefined where another try would be answered no other way, or not within a person's patience. */
function pauseMsAfter(error: unknown, retries: number): number | undefined {
  const ownMs = Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** retries);
  if (error instanceof LateError || error instanceof LostError) return ownMs;
  if (!(error instanceof RefusedError) || !passing.includes(error.response.status)) return undefined;
  const askedMs = retryAfterMsOf(error.response.headers);
  return askedMs === undefined ? ownMs : askedMs > longestWaitMs ? undefined : Math.ceil(askedMs / 1_000) * 1_000;
}

/** What a refusal says, where it is JSON. */
async function dataOf(response: Response): Promise<unknown> {
  if (!/^[^;]*\/([^;]*[.+-])?json\s*(;|$)/i.test(response.headers.get('content-type') ?? '')) return undefined;
  return response.json().catch(() => undefined);
}

/** Reads the whole answer inside the attempt, so that its time limit, its signal and its retries cover a body that is cut or stalls. */
function wholly(fetch: Fetch, handshake: Handshake): (request: Request) => Promise<Response> {
  return async (request) => {
    const { signal } = request;
    const work = (async () => readAnswer(await fetch(request)))();
    try {
      const answer = await raced(work, signal);
      handshake.hear(answer.headers);
      return answer;
    } catch (cause) {
      // Browsers have many words for a lost connection.
      throw signal.aborted || isFapiError(cause) ? cause : new LostError('no answer came', { cause });
    }
  };
}
