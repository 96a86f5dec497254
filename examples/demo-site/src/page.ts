import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Middleware } from '@fapi/server';

const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.map': 'application/json', '.svg': 'image/svg+xml' };

/** The policy a strict portal would have: nothing inline, nothing from elsewhere, no text made into code or markup but by Lit's templates. */
const policy = (appOrigins: string): string =>
  `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src ${appOrigins}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html`;

/** The page of all states shows, in the place of an app, a page of this server by the other of its two names: another origin, and no other server. */
const ownNames = 'http://localhost:* http://127.0.0.1:*';
const appPolicy = `default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors ${ownNames}`;
const appPage = '/states-app.html';

/** Serves the portal's page under a strict policy. Whatever is no file of it goes on to the next middleware. */
export function servePage(folder: string, appOrigins: string): Middleware {
  return async (ctx, next) => {
    const file = ctx.method === 'GET' || ctx.method === 'HEAD' ? fileOf(folder, ctx.path) : undefined;
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file === undefined || !found?.isFile()) return next();
    ctx.set('content-security-policy', ctx.path === appPage ? appPolicy : policy(ctx.path === '/states' ? ownNames : appOrigins));
    if (ctx.path === appPage) ctx.remove('x-frame-options');
    ctx.set('cache-control', 'no-cache');
    ctx.set('etag', `"${found.mtimeMs.toString(36)}-${found.size.toString(36)}"`);
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.type = types[extname(file)] ?? 'application/octet-stream';
    ctx.length = found.size;
    ctx.body = createReadStream(file);
  };
}

function fileOf(folder: string, path: string): string | undefined {
  if (path.includes('\0') || path.includes('%') || path.includes('..')) return undefined;
  if (path === '/') return join(folder, 'index.html');
  if (path === '/states') return join(folder, 'states.html');
  if (path === appPage) return join(folder, path);
  const isOwn = /^\/[a-z0-9-]+\.(css|js|svg)$/.test(path);
  return isOwn ? join(folder, path) : undefined;
}
