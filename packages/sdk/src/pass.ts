import { ApiError } from './errors.ts';
import type { Handshake } from './version.ts';

/** So long nobody else asks: what began together with the call that was refused, and what is tried again by itself. */
const quietMs = 3_000;
const lookMs = 5_000;

/** Sends. Rejects with `origin_not_allowed` where the server answers and no page of this origin may read it: of that a browser says no more than of a server that is away. */
export type Pass = (send: () => Promise<Response>) => Promise<Response>;

export interface PassOptions {
  readonly baseUrl: string;
  /** Of the page; absent where there is none. */
  readonly origin: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly handshake: Pick<Handshake, 'serverVersion'>;
}

export function createPass({ baseUrl, origin, fetch, handshake }: PassOptions): Pass {
  let asked: { at: number; isRefused: Promise<boolean> } | undefined;
  const isAnswered = (mode: RequestMode): Promise<boolean> => fetch(`${baseUrl.replace(/\/$/, '')}/v1/health/live`, { mode, credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(lookMs) }).then(() => true, () => false);
  /** What may not be read is asked for without an origin, and is answered to everybody. Again with it: the server may have been away for a moment. */
  const ask = async (): Promise<boolean> => (await isAnswered('no-cors')) && !(await isAnswered('cors'));
  const isFresh = (): boolean => asked !== undefined && performance.now() - asked.at < quietMs;
  const hold = async (): Promise<void> => {
    if (await asked!.isRefused) throw new ApiError({ code: 'origin_not_allowed', status: 403, title: 'The server answers no page of this origin', detail: origin, requestId: '' });
  };
  return async (send) => {
    if (isFresh()) await hold();
    try {
      return await send();
    } catch (cause) {
      // Who could read an answer before may.
      if (!(cause instanceof TypeError) || !origin || origin === new URL(baseUrl).origin || handshake.serverVersion) throw cause;
      // One look for all that failed together.
      if (!isFresh()) asked = { at: performance.now(), isRefused: ask() };
      await hold();
      throw cause;
    }
  };
}
