import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { cancelDeployment } from '../commands/deployments/cancel-deployment.ts';
import { deployApp } from '../commands/deployments/deploy-app.ts';
import { getApp } from '../commands/get-app.ts';
import { retryDeployment } from '../commands/deployments/retry-deployment.ts';
import { DomainError } from '../domain/errors.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { type HttpContext, mount } from '../http/route.ts';
import { findDeployment, listDeployments, toDeployment } from '../store/wishes/deployments.ts';

export function mountDeployments(router: Router, context: HttpContext): void {
  mount(router, context, routes.deployments.create, async ({ principal, params, body }) => {
    // With a patch it saves as well.
    if ('patch' in body && body.patch !== undefined && !principal.scopes.includes('drafts:write')) throw new DomainError('forbidden', 'a patch needs drafts:write');
    return deployApp(context, principal, params.appId, body);
  });
  mount(router, context, routes.deployments.list, async ({ principal, params, query }) => {
    const app = await getApp(context, principal, params.appId);
    const below = Number(readCursor(query.cursor)?.[1] ?? Number.NaN);
    const rows = await listDeployments(context.db, app.id, { limit: query.limit + 1, below: Number.isSafeInteger(below) ? Math.max(0, Math.min(below, 2 ** 31 - 1)) : undefined });
    const last = rows[query.limit - 1];
    return { items: rows.slice(0, query.limit).map((row) => toDeployment(row, context.appUrl(app.host))), ...(rows.length > query.limit && last ? { nextCursor: writeCursor(last.created_at.toISOString(), String(last.generation)) } : {}) };
  });
  mount(router, context, routes.deployments.read, async ({ principal, params }) => {
    const app = await getApp(context, principal, params.appId);
    const row = await findDeployment(context.db, app.id, params.deploymentId);
    if (!row) throw new DomainError('deployment_not_found');
    return toDeployment(row, context.appUrl(app.host));
  });
  mount(router, context, routes.deployments.cancel, ({ principal, params }) => cancelDeployment(context, principal, params.appId, params.deploymentId));
  mount(router, context, routes.deployments.retry, ({ principal, params }) => retryDeployment(context, principal, params.appId, params.deploymentId));
}
