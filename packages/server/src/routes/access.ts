import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { mintEmbedToken } from '../commands/mint-embed-token.ts';
import { DomainError } from '../domain/errors.ts';
import { type HttpContext, mount } from '../http/route.ts';
import { findWorkspace, putWorkspace } from '../store/access.ts';

export function mountAccess(router: Router, context: HttpContext): void {
  mount(router, context, routes.embedTokens.create, ({ body }) => mintEmbedToken(context, body));
  mount(router, context, routes.session.read, async ({ principal: { kind, subject, workspaceId, scopes, apps, expiresAt } }) => ({
    kind, subject, workspaceId, scopes: [...scopes], ...(apps ? { apps: [...apps] } : {}),
    ...(expiresAt ? { expiresInSeconds: Math.max(0, Math.round((expiresAt.getTime() - context.now().getTime()) / 1_000)) } : {}),
  }));
  mount(router, context, routes.workspaces.put, async ({ params, body }) => {
    const isSecond = params.workspaceId !== 'default' && !(await findWorkspace(context.db, params.workspaceId));
    if (isSecond && !context.allowUnsafe) throw new DomainError('isolation_too_low', 'FAPI_ALLOW_UNSAFE=1 allows it all the same');
    const { id, title, origins } = await putWorkspace(context.db, { id: params.workspaceId, title: body.title, origins: body.origins.map((origin) => new URL(origin).origin) }, context.now());
    return { id, title, origins };
  });
  mount(router, context, routes.workspaces.read, async ({ params }) => {
    const row = await findWorkspace(context.db, params.workspaceId);
    if (!row) throw new DomainError('workspace_not_found');
    return { id: row.id, title: row.title, origins: row.origins };
  });
}
