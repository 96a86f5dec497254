import { type FapiClient, isApiError } from '@fapi/sdk';
import type { Middleware } from '@fapi/server';

/**
 * What a portal's backend does: it knows who its visitor is and mints a token of minutes for the page.
 * A real portal takes `subject` from its own session; the demo has one builder.
 */
export function mintEmbedToken(client: FapiClient): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/portal/embed-token') return next();
    if (ctx.method !== 'POST') {
      ctx.status = 405;
      ctx.set('allow', 'POST');
      return;
    }
    ctx.set('cache-control', 'no-store');
    try {
      const { token, expiresInSeconds } = await client.embedTokens.create({ subject: 'demo builder', ttlSeconds: 600 });
      ctx.body = { token, expiresInSeconds };
    } catch (error) {
      // As `createTokenHandler` of the SDK answers: a disk that is full, or a database that is away, is no fault of the demo's. The server's own log says which.
      if (!isApiError(error) || (error.status < 500 && error.status !== 429) || error.code === 'internal') throw error;
      ctx.status = 503;
      ctx.set('retry-after', String(Math.ceil((error.retryAfterMs ?? 0) / 1_000) || 1));
      ctx.body = { code: 'no_token' };
    }
  };
}
