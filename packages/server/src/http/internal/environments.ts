import type { Middleware } from 'koa';
import type { Context } from '../../commands/context.ts';
import { findValues } from '../../commands/environments/environment.ts';
import { DomainError } from '../../domain/errors.ts';
import { requireController } from '../access/principal.ts';

const prefix = '/internal/v1/environments/';
const pattern = /^\/internal\/v1\/environments\/([A-Za-z0-9_-]{1,100})\/(\d{1,9})\/(live|draft)$/;

/** Gives values in clear to the controller, and to nobody else. */
export function serveEnvironments(context: Context, controllerKey: string): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith(prefix)) return next();
    requireController(ctx, controllerKey);
    ctx.set('cache-control', 'no-store');
    const [, appId = '', version, values] = (ctx.method === 'GET' && pattern.exec(ctx.path)) || [];
    const found = appId === '' ? undefined : await findValues(context.db, context, appId, Number(version), values as 'live' | 'draft');
    if (!found) throw new DomainError('not_found');
    ctx.type = 'application/json';
    ctx.body = JSON.stringify(found);
  };
}
