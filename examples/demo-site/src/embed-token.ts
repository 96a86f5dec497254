import type { FapiClient } from '@fapi/sdk';
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
    const { token, expiresInSeconds } = await client.embedTokens.create({ subject: 'demo builder', ttlSeconds: 600 });
    ctx.set('cache-control', 'no-store');
    ctx.body = { token, expiresInSeconds };
  };
}
