import { pathOf } from './call.ts';
import { ApiError } from './errors.ts';

/** So long nobody else asks: what began together with the call that was refused, and what is tried again by itself. */
const quietMs = 3_000;

/** Finds out what a browser keeps to itself: of a page whose origin is on no list it says that there was no answer, as of a server that is away. */
export interface Gate {
  /** Sends; rejects with `origin_not_allowed` where the server answers and no page of this origin may read it, at once where that was so a moment ago. */
  pass(send: () => Promise<Response>): Promise<Response>;
}

export interface GateOptions {
  readonly baseUrl: string;
  /** Of the page; absent where there is none. */
  readonly origin: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** An answer could be read: then the origin is allowed. */
  readonly isAnswered: () => boolean;
}

export function createGate({ baseUrl, origin, fetch, isAnswered }: GateOptions): Gate {
  let refusedAt = Number.NEGATIVE_INFINITY;
  let asked: { at: number; isRefused: Promise<boolean> } | undefined;
  const isForeign = origin !== undefined && origin !== new URL(baseUrl).origin;
  const refusal = (): ApiError => new ApiError({ code: 'origin_not_allowed', status: 403, title: 'The server answers no page of this origin', detail: origin, requestId: '' });
  const url = `${baseUrl.replace(/\/$/, '')}/${pathOf('GET /v1/health/live')}`;
  const isAnsweredIn = (mode: RequestMode): Promise<boolean> => fetch(url, { mode, credentials: 'omit', cache: 'no-store' }).then(() => true, () => false);
  /** What may not be read is asked for without an origin, and is answered to everybody. Again with it: the server may have been away for a moment. */
  const isRefused = async (): Promise<boolean> => (await isAnsweredIn('no-cors')) && !(await isAnsweredIn('cors'));
  const explain = async (cause: unknown): Promise<unknown> => {
    if (!isForeign || isAnswered() || !(cause instanceof TypeError)) return cause;
    const now = performance.now();
    // One look for all that failed together.
    if (!asked || now - asked.at > quietMs) asked = { at: now, isRefused: isRefused() };
    if (!(await asked.isRefused)) return cause;
    refusedAt = now;
    return refusal();
  };
  return {
    async pass(send) {
      if (performance.now() - refusedAt < quietMs) throw refusal();
      try {
        return await send();
      } catch (cause) {
        throw await explain(cause);
      }
    },
  };
}
