import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { mintEmbedToken } from '../commands/mint-embed-token.ts';
import { putWorkspace } from '../commands/put-workspace.ts';
import { DomainError } from '../domain/errors.ts';
import { type HttpContext, mount } from '../http/route.ts';
import { findWorkspace } from '../store/access.ts';

export function mountAccess(router: Router, context: HttpContext): void {
  mount(router, context, routes.embedTokens.create, ({ principal, body }) => mintEmbedToken(context, principal, body));
  mount(router, context, routes.session.read, async ({ principal: { kind, subject, workspaceId, scopes, apps, expiresAt } }) => ({
    kind, subject, workspaceId, scopes: [...scopes], ...(apps ? { apps: [...apps] } : {}),
    ...(expiresAt ? { expiresInSeconds: Math.max(0, Math.round((expiresAt.getTime() - context.now().getTime()) / 1_000)) } : {}),
  }));
  mount(router, context, routes.workspaces.put, ({ principal, params, body }) => putWorkspace(context, principal, { ...body, id: params.workspaceId }));
  mount(router, context, routes.workspaces.read, async ({ params }) => {
    const row = await findWorkspace(context.db, params.workspaceId);
    if (!row) throw new DomainError('workspace_not_found');
    return { id: row.id, title: row.title, origins: row.origins };
  });
}
