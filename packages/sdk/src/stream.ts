import { createParser } from 'eventsource-parser';
import * as z from 'zod/mini';
import { toApiError, toOwnError } from './call.ts';
import type { Auth, ClientOptions, StreamOptions } from './client-types.ts';
import { eventRoutes, StreamEvent } from './contract/events.ts';
import { isApiError } from './errors.ts';

const silenceMs = 45_000;
const [firstRetryMs, lastRetryMs] = [250, 10_000];
const route = eventRoutes.stream;

export interface StreamDeps {
  options: ClientOptions;
  auth: Auth;
  closing: AbortSignal;
}

/**
 * Follows the server's events: reconnects, resumes after the last id, drops what it has seen. Ends by the signal or `break`.
 * Rejects with what no reconnect can mend: an `ApiError` of the 4xx kind that a new token did not change.
 */
export async function* streamEvents({ options, auth, closing }: StreamDeps, { apps, topics, since, signal, onConnection }: StreamOptions = {}): AsyncGenerator<StreamEvent> {
  const leaving = new AbortController();
  const ended = AbortSignal.any([closing, leaving.signal, ...(signal ? [signal] : [])]);
  let lastId = since;
  let failures = 0;
  let refusals = 0;
  try {
    while (!ended.aborted) {
      const attempt = new AbortController();
      let silence: ReturnType<typeof setTimeout> | undefined;
      const heard = (): void => {
        clearTimeout(silence);
        silence = setTimeout(() => attempt.abort(), silenceMs);
      };
      let used: string | undefined;
      try {
        heard();
        used = await auth.authorization(ended);
        const response = await (options.fetch ?? globalThis.fetch)(addressOf(options, apps, topics, lastId === since ? since : undefined), {
          headers: { accept: 'text/event-stream', ...(used ? { authorization: used } : {}), ...(options.workspaceId ? { 'fapi-workspace': options.workspaceId } : {}), ...(lastId !== undefined && lastId !== since ? { 'last-event-id': lastId } : {}) },
          credentials: 'omit', cache: 'no-store', signal: AbortSignal.any([ended, attempt.signal]),
        });
        if (!response.ok || !response.body) throw toApiError(response.status, await response.json().catch(() => undefined), route);
        onConnection?.('live');
        for await (const event of readEvents(response.body, heard)) {
          failures = 0;
          refusals = 0;
          if ('id' in event) {
            const isSeen = lastId !== undefined && event.type !== 'ready' && event.type !== 'reset' && Number(event.id) <= Number(lastId);
            if (isSeen) continue;
            lastId = event.id;
          }
          // The server ends the stream with the token; the next round comes with a new one and the same cursor.
          if (event.type === 'expiring' && used) auth.reject(used);
          yield event;
        }
      } catch (error) {
        if (ended.aborted) break;
        const isRefused = isApiError(error) && error.status < 500 && error.code !== 'rate_limited';
        if (isRefused && (error.status !== 401 || ++refusals > 1)) throw error;
        if (isRefused && used) auth.reject(used);
      } finally {
        clearTimeout(silence);
        attempt.abort();
      }
      if (ended.aborted) break;
      onConnection?.('reconnecting');
      await pause(Math.min(lastRetryMs, firstRetryMs * 2 ** failures++) * (0.5 + Math.random() / 2), ended);
    }
    if (signal?.aborted) throw await toOwnError(signal.reason, route, signal);
  } finally {
    leaving.abort();
  }
}

function addressOf(options: ClientOptions, apps: readonly string[] | undefined, topics: readonly string[] | undefined, since: string | undefined): URL {
  const url = new URL(route.path.slice(1), `${String(options.baseUrl).replace(/\/$/, '')}/`);
  if (apps) url.searchParams.set('apps', apps.join(','));
  if (topics) url.searchParams.set('topics', topics.join(','));
  if (since !== undefined) url.searchParams.set('since', since);
  return url;
}

/** Events that break the contract are left out: a newer server may send kinds that this client does not know. */
async function* readEvents(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<StreamEvent> {
  const waiting: StreamEvent[] = [];
  const parser = createParser({
    onEvent({ data }) {
      let json: unknown;
      try {
        json = JSON.parse(data);
      } catch {
        return;
      }
      const event = z.safeParse(StreamEvent, json);
      if (event.success) waiting.push(event.data);
    },
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      parser.feed(decoder.decode(value, { stream: true }));
      while (waiting.length > 0) yield waiting.shift()!;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
