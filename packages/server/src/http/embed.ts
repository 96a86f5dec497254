import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Middleware } from 'koa';

const year = 31_536_000;

/**
 * Serves the elements for pages without a bundler, out of one flat folder: `/embed/fapi.js` and its chunks, whatever version they are,
 * and `/embed/<version>/` for ever the same, with the hashes of all modules in `integrity.json`. Another version than the one that is here is not found.
 */
export function serveEmbed(folder: string): Middleware {
  return async (ctx, next) => {
    const [, version, name] = /^\/embed\/(?:(\d+\.\d+\.\d+[A-Za-z0-9.-]*)\/)?([A-Za-z0-9_-]+\.js(?:\.map)?|integrity\.json)$/.exec(ctx.path) ?? [];
    const file = name !== undefined && (ctx.method === 'GET' || ctx.method === 'HEAD') ? join(folder, name) : undefined;
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file === undefined || !found?.isFile()) return next();
    if (version !== undefined && version !== await readVersion(folder)) return next();
    ctx.set('access-control-allow-origin', '*');
    ctx.set('cache-control', version === undefined ? 'no-cache' : `public, max-age=${year}, immutable`);
    ctx.set('etag', `"${found.mtimeMs.toString(36)}-${found.size.toString(36)}"`);
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.type = file.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'application/json';
    ctx.length = found.size;
    ctx.body = createReadStream(file);
  };
}

/** Of the build in the folder; undefined for one without hashes. */
async function readVersion(folder: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(join(folder, 'integrity.json'), 'utf8')) as { version: string }).version;
  } catch {
    return undefined;
  }
}
