import Router from '@koa/router';
import Koa, { type Middleware } from 'koa';
import helmet from 'koa-helmet';
import { mountAccess } from '../routes/access.ts';
import { mountApps } from '../routes/apps.ts';
import { mountAudit } from '../routes/audit.ts';
import { mountBackup } from '../routes/backup.ts';
import { mountDeployments } from '../routes/deployments.ts';
import { mountDrafts } from '../routes/drafts.ts';
import { mountEnvironment } from '../routes/environment.ts';
import { mountEvents } from '../routes/events.ts';
import { mountHealth } from '../routes/health.ts';
import { mountLanguage } from '../routes/language.ts';
import { mountPresence } from '../routes/presence.ts';
import { mountRevisions } from '../routes/revisions.ts';
import { isListedOrigin } from '../store/access/workspaces.ts';
import { takesArchive } from './bodies/zip-body.ts';
import { serveBundles } from './internal/bundles.ts';
import { serveEnvironments } from './internal/environments.ts';
import { serveEmbed } from './embed/embed.ts';
import { requireType } from './bodies/json-body.ts';
import { checkHost, checkOrigin } from './access/origin.ts';
import { writeProblems } from './problems/problem.ts';
import type { HttpContext } from './route.ts';
import { negotiateVersion } from './version.ts';
import type { Wake } from './streams/wake.ts';

export interface AppOptions { context: HttpContext; wake: Wake; controllerKey: string; allowedHosts: readonly string[]; embedDir: string | undefined; dataDir: string; middleware: readonly Middleware[] }

/** The whole onion. Everything passes the checks of the upper half, whatever answers it below. */
export function createHttpApp({ context, wake, controllerKey, allowedHosts, embedDir, dataDir, middleware }: AppOptions): Koa {
  const router = new Router();
  mountApps(router, context);
  mountDrafts(router, context);
  mountEnvironment(router, context);
  mountLanguage(router, context);
  mountDeployments(router, context);
  mountRevisions(router, context);
  mountEvents(router, context, wake);
  mountPresence(router, context);
  mountAccess(router, context);
  mountAudit(router, context);
  mountBackup(router, context, dataDir);
  mountHealth(router, context);

  const app = new Koa();
  app.silent = true;
  app.use(helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }, useDefaults: false }, crossOriginResourcePolicy: { policy: 'cross-origin' }, strictTransportSecurity: false }));
  app.use(writeProblems(context.logger));
  app.use(checkHost(allowedHosts));
  // For any page: an element that is there can say what is missing.
  if (embedDir !== undefined) app.use(serveEmbed(embedDir));
  app.use(checkOrigin((origin) => isListedOrigin(context.db, origin)));
  app.use(negotiateVersion(context.version));
  app.use(context.limits.middleware);
  app.use(serveBundles(context.db, controllerKey));
  app.use(serveEnvironments(context, controllerKey));
  app.use(requireJson());
  app.use(router.routes());
  app.use(router.allowedMethods());
  for (const layer of middleware) app.use(layer);
  return app;
}

/** A body of another type is an error that says so, never an empty body. */
function requireJson(): Middleware {
  return async (ctx, next) => {
    const hasBody = ctx.request.length !== undefined ? ctx.request.length > 0 : ctx.get('transfer-encoding') !== '';
    if (hasBody && ctx.path.startsWith('/v1/') && !takesArchive(ctx.path)) requireType(ctx, 'application/json');
    await next();
  };
}
