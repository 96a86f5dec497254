import type { Middleware } from 'koa';
import { DomainError } from '../domain/errors.ts';

export interface HostRules {
  /** Host names besides the loopback ones, without port. */
  allowedHosts: readonly string[];
  /** Is it a page of any workspace? A preflight says nothing else of who asks. */
  isListed(origin: string): Promise<boolean>;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
const exposed = 'etag, fapi-version, x-request-id, retry-after, ratelimit, ratelimit-policy';

/** Host and Origin on every route: a page that rebinds its name to this address, or posts from elsewhere, gets nothing. */
export function checkHostAndOrigin({ allowedHosts, isListed }: HostRules): Middleware {
  return async (ctx, next) => {
    const host = ctx.get('host');
    const name = host.replace(/:\d+$/, '').toLowerCase();
    if (!loopback.has(name) && !allowedHosts.includes(name)) throw new DomainError('host_not_allowed', 'set FAPI_ALLOWED_HOSTS to the names under which this server is reached');
    ctx.vary('Origin');
    const origin = ctx.get('origin');
    if (origin === '' || isSameOrigin(origin, host)) return next();
    ctx.state['foreignOrigin'] = origin;
    // Sandboxed and local pages all say "null": it names nobody.
    if (origin === 'null' || !(await isListed(origin))) throw new DomainError('origin_not_allowed', 'the origin is on no workspace\'s list');
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
