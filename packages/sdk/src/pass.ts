import { ApiError } from './errors.ts';
import type { Handshake } from './version.ts';

/** So long after a look nobody else looks: what failed together, and what is tried again by itself. */
const quietMs = 3_000;
const lookMs = 5_000;

/** Sends. Rejects with `origin_not_allowed` where the server says so of this page: of the calls themselves a browser says no more than of a server that is away. */
export type Pass = (send: () => Promise<Response>) => Promise<Response>;

export interface PassOptions {
  readonly baseUrl: string;
  /** Of the page; absent where there is none. */
  readonly origin: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly handshake: Pick<Handshake, 'serverVersion'>;
}

export function createPass({ baseUrl, origin, fetch, handshake }: PassOptions): Pass {
  let looking: Promise<boolean> | undefined;
  let seen: { at: number; isRefused: boolean } | undefined;
  /** The one address where every page may read that it is refused. Any other answer, and none, is an outage: something in between, or a server that starts. */
  const read = async (): Promise<boolean> => {
    const response = await fetch(`${baseUrl.replace(/\/$/, '')}/v1/health/live`, { credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(lookMs) });
    return response.status === 403 && (await response.json()).code === 'origin_not_allowed';
  };
  const look = async (): Promise<boolean> => {
    const isRefused = await read().catch(() => false);
    seen = { at: performance.now(), isRefused };
    looking = undefined;
    return isRefused;
  };
  const recent = (): boolean | undefined => (seen && performance.now() - seen.at < quietMs ? seen.isRefused : undefined);
  const refusal = (): ApiError => new ApiError({ code: 'origin_not_allowed', status: 403, title: 'The server answers no page of this origin', detail: origin, requestId: '' });
  return async (send) => {
    if (recent()) throw refusal();
    try {
      return await send();
    } catch (cause) {
      // Who could read an answer before may.
      if (!(cause instanceof TypeError) || !origin || origin === new URL(baseUrl).origin || handshake.serverVersion) throw cause;
      // One look for all that failed together.
      throw (recent() ?? (await (looking ??= look()))) ? refusal() : cause;
    }
  };
}
