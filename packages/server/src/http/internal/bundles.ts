import { bundleMediaType, bundlePath } from '@fapi/runner-controller/work';
import type { Middleware } from 'koa';
import { DomainError } from '../../domain/errors.ts';
import { findBundle } from '../../store/code/bundles.ts';
import type { Database } from '../../store/schema.ts';
import { requireController } from '../access/principal.ts';

const prefix = bundlePath('');

/** Gives code to the controller, and to nobody else. */
export function serveBundles(db: Database, controllerKey: string): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith(prefix)) return next();
    requireController(ctx, controllerKey);
    const sha256 = ctx.path.slice(prefix.length);
    const bytes = ctx.method === 'GET' && /^[0-9a-f]{64}$/.test(sha256) ? await findBundle(db, sha256) : undefined;
    if (!bytes) throw new DomainError('not_found');
    ctx.set('cache-control', 'private, max-age=31536000, immutable');
    ctx.type = bundleMediaType;
    ctx.body = Buffer.from(bytes);
  };
}
