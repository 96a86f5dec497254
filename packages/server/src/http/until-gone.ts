import type { Context as KoaContext } from 'koa';
import type { HttpContext } from './route.ts';

/** Fires when whoever asked has left before the answer, or this server is being ended. */
export const untilGone = (koa: KoaContext, { stopping }: Pick<HttpContext, 'stopping'>): AbortSignal => AbortSignal.any([untilClosed(koa), stopping]);

/** Fires when the answer has been sent, or whoever asked has left. */
export function untilClosed(koa: KoaContext): AbortSignal {
  const leave = new AbortController();
  koa.res.once('close', () => leave.abort());
  // Before this was called, while who may ask was looked up.
  if (koa.res.closed || koa.res.destroyed) leave.abort();
  return leave.signal;
}
