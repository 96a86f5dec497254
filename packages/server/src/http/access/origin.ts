import { routes } from '@fapi/sdk/contract';
import type { Middleware } from 'koa';
import { DomainError } from '../../domain/errors.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
const exposed = 'etag, fapi-version, x-request-id, retry-after, ratelimit, ratelimit-policy';

/** The names under which the server is reached, besides the loopback ones, without port: a page that rebinds its own name to this address gets nothing. */
export function checkHost(allowedHosts: readonly string[]): Middleware {
  return async (ctx, next) => {
    const name = ctx.get('host').replace(/:\d+$/, '').toLowerCase();
    if (!loopback.has(name) && !allowedHosts.includes(name)) throw new DomainError('host_not_allowed', 'set FAPI_ALLOWED_HOSTS to the names under which this server is reached');
    await next();
  };
}

/** A page that posts from elsewhere gets nothing, unless it is one of any workspace: a preflight says nothing else of who asks. */
export function checkOrigin(isListed: (origin: string) => Promise<boolean>): Middleware {
  return async (ctx, next) => {
    ctx.vary('Origin');
    const origin = ctx.get('origin');
    if (origin === '' || isSameOrigin(origin, ctx.get('host'))) return next();
    ctx.state['foreignOrigin'] = origin;
    // Sandboxed and local pages all say "null": it names nobody.
    if (origin === 'null' || !(await isListed(origin))) {
      // The one refusal that every page may read: without it a page cannot tell that it is not listed from a server that is away.
      if (ctx.path === routes.health.live.path) ctx.set('access-control-allow-origin', '*');
      throw new DomainError('origin_not_allowed', 'the origin is on no workspace\'s list');
    }
    ctx.set('access-control-allow-origin', origin);
    ctx.set('access-control-expose-headers', exposed);
    if (ctx.method !== 'OPTIONS' || ctx.get('access-control-request-method') === '') return next();
    ctx.set('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE');
    ctx.set('access-control-allow-headers', 'authorization, content-type, if-match, idempotency-key, last-event-id, x-request-id, fapi-workspace, fapi-client');
    ctx.set('access-control-max-age', '600');
    ctx.status = 204;
  };
}

function isSameOrigin(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
