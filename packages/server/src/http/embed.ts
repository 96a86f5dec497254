import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Middleware } from 'koa';

/** Serves the elements for pages without a bundler: `/embed/fapi.js` and its chunks, out of one flat folder. */
export function serveEmbed(folder: string): Middleware {
  return async (ctx, next) => {
    const [, name] = /^\/embed\/([A-Za-z0-9_-]+\.js(?:\.map)?)$/.exec(ctx.path) ?? [];
    const file = name !== undefined && (ctx.method === 'GET' || ctx.method === 'HEAD') ? join(folder, name) : undefined;
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file === undefined || !found?.isFile()) return next();
    ctx.set('cache-control', 'no-cache');
    ctx.set('etag', `"${found.mtimeMs.toString(36)}-${found.size.toString(36)}"`);
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.type = file.endsWith('.map') ? 'application/json' : 'text/javascript; charset=utf-8';
    ctx.length = found.size;
    ctx.body = createReadStream(file);
  };
}
