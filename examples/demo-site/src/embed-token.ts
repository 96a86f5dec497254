import { type FapiClient, isApiError } from '@fapi/sdk';
import { createTokenHandler, koaMiddleware } from '@fapi/sdk/portal';
import type { Middleware } from '@fapi/server';
import type { Logger } from 'pino';

/** What a portal's backend does: it knows who its visitor is. A real one takes `subject` from its own session; the demo has one builder. */
export function mintEmbedToken(client: FapiClient, logger: Logger): Middleware {
  const answer = koaMiddleware(createTokenHandler({
    client,
    identify: () => ({ subject: 'demo builder', ttlSeconds: 600 }),
    onError(error) {
      // What is the matter with the server, such as a full disk, that has said in this log itself.
      if (!isApiError(error) || error.status < 500) logger.error({ err: error }, 'no token could be minted');
    },
  }));
  return (ctx, next) => (ctx.path === '/portal/embed-token' ? answer(ctx) : next());
}
