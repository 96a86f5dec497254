import { pathOf, toOwnError } from './call.ts';
import type { Auth, ClientOptions, StreamOptions } from './client-types.ts';
import type { StreamEvent } from './contract/events.ts';
import { ContractError, isApiError, isTokenError } from './errors.ts';
import { loadParser } from './load-parser.ts';
import type { Pass } from './pass.ts';
import { pause } from './pause.ts';
import { toApiError } from './problem.ts';
import { raced } from './raced.ts';
import { readEvents } from './read-events.ts';
import type { Handshake } from './version.ts';

/** The server says `ready` at once and something every 15 s; a way that lets nothing through for so long is cut. */
const [openingMs, silenceMs] = [5_000, 45_000];
const [firstRetryMs, lastRetryMs] = [250, 10_000];
/** Longer than a person waits: who is sent away for longer asks again nevertheless. */
const longestWaitMs = 30_000;
const pollMs = 2_000;
/** So many vain attempts in a row mean that the stream does not get through. One counts for many when something else answered, or nothing came: soon again would be in vain. */
const [pollAfter, blockedCounts] = [3, 7];
/** How often in a row no token, or a refused one, is taken. */
const [mostTokenErrors, mostRefusals] = [3, 1];
const address = 'GET /v1/events';
type Connection = Parameters<NonNullable<StreamOptions['onConnection']>>[0];

export interface StreamDeps {
  options: ClientOptions;
  auth: Auth;
  handshake: Handshake;
  pass: Pass;
  closing: AbortSignal;
  /** Does the server answer an ordinary call? */
  isReachable(signal: AbortSignal): Promise<boolean>;
}

/**
 * Follows the server's events: reconnects, resumes after the last id, drops what it has seen. Ends by the signal, by `leaving` (a `break`) or with its client.
 * While calls get through and no stream does it says `reset` every two seconds, so that whoever reads again on `reset` polls.
 * Rejects with what no reconnect can mend: an `ApiError` of the 4xx kind that a new token did not change, or a `TokenError` that stays.
 */
export async function* streamEvents({ options, auth, handshake, pass, closing, isReachable }: StreamDeps, { apps, topics, since, signal, onConnection }: StreamOptions = {}, leaving?: AbortSignal): AsyncGenerator<StreamEvent> {
  const own = new AbortController();
  const ended = AbortSignal.any([closing, own.signal, ...(leaving ? [leaving] : []), ...(signal ? [signal] : [])]);
  let lastId = since;
  let failures = 0;
  let refusals = 0;
  let connection: Connection | undefined;
  const become = (next: Connection): void => {
    if (connection !== next) onConnection?.((connection = next));
  };
  try {
    while (!ended.aborted) {
      let used: string | undefined;
      let isHeard = false;
      let isBlocked = true;
      let askedToWaitMs = 0;
      const attempt = createWatch(ended);
      try {
        used = await auth.authorization(ended);
        const parser = await raced(loadParser(), ended);
        attempt.expect(openingMs);
        const response = await open({ options, handshake, pass, used, signal: attempt.signal, url: urlOf(options, apps, topics, lastId === since ? since : undefined), lastId: lastId === since ? undefined : lastId });
        for await (const event of readEvents(parser, response.body!, () => attempt.expect(isHeard ? silenceMs : openingMs))) {
          isHeard = true;
          attempt.expect(silenceMs);
          [failures, refusals] = [0, 0];
          become('live');
          if ('id' in event) {
            const isSeen = lastId !== undefined && event.type !== 'ready' && event.type !== 'reset' && Number(event.id) <= Number(lastId);
            if (isSeen) continue;
            lastId = event.id;
          }
          // The stream ends with its token. Once there is a new one it is opened anew, from the same cursor; if none comes, this one serves to its end.
          if (event.type === 'expiring' && used && auth.reject(used)) void auth.authorization(ended).then(() => attempt.renew(), () => undefined);
          yield event;
        }
      } catch (error) {
        if (ended.aborted) break;
        isBlocked = (error instanceof ContractError && error.status < 500) || attempt.isLate();
        const isRefused = isApiError(error) && error.status < 500 && error.code !== 'rate_limited';
        askedToWaitMs = isApiError(error) ? Math.min(error.retryAfterMs ?? 0, longestWaitMs) : 0;
        // A portal that cannot be reached has refused nothing: whoever slept, or is offline, waits until it can.
        if (isTokenError(error) && !isUnreachable(error.cause) && ++refusals > mostTokenErrors) throw error;
        if (isRefused && (error.status !== 401 || ++refusals > mostRefusals || !used || !auth.reject(used))) throw error;
      } finally {
        attempt.end();
      }
      if (ended.aborted) break;
      if (attempt.isRenewed()) continue;
      failures += isBlocked && !isHeard ? blockedCounts : 1;
      const waitMs = Math.max(askedToWaitMs, Math.min(lastRetryMs, firstRetryMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2));
      if (failures < pollAfter) become('reconnecting');
      for (let leftMs = waitMs; leftMs > 0 && !ended.aborted; leftMs -= pollMs) {
        if (failures >= pollAfter) {
          // Whoever is told to read again must not find a server that is away.
          const isThere = await isReachable(ended);
          if (ended.aborted) break;
          become(isThere ? 'polling' : 'reconnecting');
          if (isThere) yield { type: 'reset', id: lastId ?? '0' };
        }
        await pause(Math.min(leftMs, pollMs), ended);
      }
    }
    if (signal?.aborted) throw toOwnError(signal.reason, address, signal);
  } finally {
    own.abort();
  }
}

/** What fetch says of a way that does not lead there. */
const isUnreachable = (cause: unknown): boolean => cause instanceof TypeError;

/** Cuts an attempt that says nothing for as long as was expected last, or in whose place another one comes. */
function createWatch(ended: AbortSignal): { signal: AbortSignal; expect(withinMs: number): void; renew(): void; isLate(): boolean; isRenewed(): boolean; end(): void } {
  const [late, renewed, left] = [new AbortController(), new AbortController(), new AbortController()];
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    signal: AbortSignal.any([ended, late.signal, renewed.signal, left.signal]),
    expect(withinMs) {
      clearTimeout(timer);
      if (!left.signal.aborted) timer = setTimeout(() => late.abort(), withinMs);
    },
    renew: () => renewed.abort(),
    isLate: () => late.signal.aborted,
    isRenewed: () => renewed.signal.aborted,
    end() {
      clearTimeout(timer);
      left.abort();
    },
  };
}

interface Opening { options: ClientOptions; handshake: Handshake; pass: Pass; used: string | undefined; signal: AbortSignal; url: URL; lastId: string | undefined }

async function open({ options, handshake, pass, used, signal, url, lastId }: Opening): Promise<Response> {
  const response = await pass(() => (options.fetch ?? globalThis.fetch)(url, {
    headers: { accept: 'text/event-stream', ...handshake.header, ...(used ? { authorization: used } : {}), ...(options.workspaceId ? { 'fapi-workspace': options.workspaceId } : {}), ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
    credentials: 'omit', cache: 'no-store', signal,
  }));
  handshake.hear(response.headers);
  if (!response.ok) throw toApiError(response, await response.json().catch(() => undefined), address);
  if (!response.body || !/^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')) {
    await response.body?.cancel();
    throw new ContractError(`${address} answered ${response.status} with what is not a stream of events`, response.status);
  }
  return response;
}

function urlOf(options: ClientOptions, apps: readonly string[] | undefined, topics: readonly string[] | undefined, since: string | undefined): URL {
  const url = new URL(pathOf(address), `${String(options.baseUrl).replace(/\/$/, '')}/`);
  if (apps) url.searchParams.set('apps', apps.join(','));
  if (topics) url.searchParams.set('topics', topics.join(','));
  if (since !== undefined) url.searchParams.set('since', since);
  return url;
}
