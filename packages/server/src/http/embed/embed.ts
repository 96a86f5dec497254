import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Middleware } from 'koa';
import { chooseEncoding, createPacked } from './packed.ts';

const year = 31_536_000;
/** What fits into one packet comes no sooner for being smaller. */
const packedFromBytes = 1_000;

/**
 * Serves the elements for pages without a bundler, out of one flat folder: `/embed/fapi.js` and its chunks, whatever version they are,
 * and `/embed/<version>/` for ever the same, with the hashes of all modules in `integrity.json`. Another version than the one that is here is not found.
 */
export function serveEmbed(folder: string): Middleware {
  const packed = createPacked();
  return async (ctx, next) => {
    const [, version, name] = /^\/embed\/(?:(\d+\.\d+\.\d+[A-Za-z0-9.-]*)\/)?([A-Za-z0-9_-]+\.js(?:\.map)?|integrity\.json)$/.exec(ctx.path) ?? [];
    const file = name !== undefined && (ctx.method === 'GET' || ctx.method === 'HEAD') ? join(folder, name) : undefined;
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file === undefined || !found?.isFile()) return next();
    if (version !== undefined && version !== await readVersion(folder)) return next();
    // Weak: it is the same file, whichever way it comes.
    const etag = `W/"${found.mtimeMs.toString(36)}-${found.size.toString(36)}"`;
    ctx.set('etag', etag);
    ctx.vary('Accept-Encoding');
    ctx.status = 200;
    const isFresh = ctx.fresh;
    const encoding = isFresh || found.size < packedFromBytes ? undefined : chooseEncoding(ctx);
    // Before it is said how long this may be kept: a failure must not be.
    const body = encoding && await packed(file, etag, encoding);
    ctx.set('access-control-allow-origin', '*');
    ctx.set('cache-control', version === undefined ? 'no-cache' : `public, max-age=${year}, immutable`);
    if (isFresh) {
      ctx.status = 304;
      return;
    }
    ctx.type = file.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'application/json';
    if (encoding) ctx.set('content-encoding', encoding);
    else ctx.length = found.size;
    ctx.body = body ?? createReadStream(file);
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
