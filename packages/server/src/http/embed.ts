import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { constants } from 'node:zlib';
import type { Context, Middleware } from 'koa';
import compress from 'koa-compress';

const year = 31_536_000;
/** Over a slow line a third of the bytes is a third of the wait. The other two encodings gain nothing over these. Its types may be those of another Koa than ours. */
const compressed = compress({ br: { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }, gzip: { level: 9 }, zstd: false, deflate: false }) as unknown as Middleware;

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
    await compressed(ctx, async () => {
      ctx.set('access-control-allow-origin', '*');
      ctx.set('cache-control', version === undefined ? 'no-cache' : `public, max-age=${year}, immutable`);
      // Weak: it is the same file, whichever way it comes.
      ctx.set('etag', `W/"${found.mtimeMs.toString(36)}-${found.size.toString(36)}"`);
      send(ctx, file, found.size);
    });
  };
}

function send(ctx: Context, file: string, bytes: number): void {
  ctx.status = 200;
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  ctx.type = file.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'application/json';
  ctx.length = bytes;
  ctx.body = createReadStream(file);
}

/** Of the build in the folder; undefined for one without hashes. */
async function readVersion(folder: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(join(folder, 'integrity.json'), 'utf8')) as { version: string }).version;
  } catch {
    return undefined;
  }
}
