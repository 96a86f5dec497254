import type { Middleware } from 'koa';
import { DomainError } from '../domain/errors.ts';

/**
 * The handshake of versions: every answer says `fapi-version`; who says `fapi-client: sdk/<version> ...` and is too old gets `client_too_old`.
 * Served are clients of this server's line and of the one before (a line is a minor before 1.0, a major from then on), and all that are newer or do not say what they are.
 */
export function negotiateVersion(version: string): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/v1/')) return next();
    ctx.set('fapi-version', version);
    const [, client] = /^sdk\/(\d{1,6}\.\d{1,6}\.\d{1,6})\b/.exec(ctx.get('fapi-client')) ?? [];
    if (client !== undefined && isTooOld(client, version)) throw new DomainError('client_too_old', `this server is ${version}, the SDK is ${client}: reload the page, or install a newer SDK`);
    await next();
  };
}

/** Everything before 1.0 is the line before it. */
export function isTooOld(client: string, server: string): boolean {
  const [[major, minor], [ownMajor, ownMinor]] = [client, server].map((text) => text.split('.').map(Number)) as [[number, number], [number, number]];
  return ownMajor === 0 ? major === 0 && minor < ownMinor - 1 : major < ownMajor - 1;
}
