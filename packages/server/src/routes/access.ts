import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { checkKind, createApiKey, deleteApiKey, presentApiKey } from '../commands/access/api-keys.ts';
import { mintEmbedToken } from '../commands/access/mint-embed-token.ts';
import { presentWorkspaces } from '../commands/access/present-workspace.ts';
import { getApp } from '../commands/get-app.ts';
import { putAccess } from '../commands/access/put-access.ts';
import { putWorkspace } from '../commands/access/put-workspace.ts';
import { setSuspension } from '../commands/holds/suspend-workspace.ts';
import { revokeEmbedToken } from '../commands/access/revoke-embed-token.ts';
import { DomainError } from '../domain/errors.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { type HttpContext, mount } from '../http/route.ts';
import { readSession } from '../http/session.ts';
import { listApiKeys } from '../store/access/api-keys.ts';
import { listGrants } from '../store/access/grants.ts';
import { findWorkspace, listWorkspaces } from '../store/access/workspaces.ts';

/** Who may come in, and as what. */
export function mountAccess(router: Router, context: HttpContext): void {
  mount(router, context, routes.session.read, ({ principal }) => readSession(context, principal));
  mount(router, context, routes.embedTokens.create, ({ principal, body }) => mintEmbedToken(context, principal, body));
  mount(router, context, routes.embedTokens.revoke, async ({ principal, params }) => revokeEmbedToken(context, principal, params.sessionId) as Promise<undefined>);

  mount(router, context, routes.access.read, async ({ principal, params }) => ({ grants: await listGrants(context.db, (await getApp(context, principal, params.appId)).id) }));
  mount(router, context, routes.access.put, ({ principal, params, body }) => putAccess(context, principal, params.appId, body));

  mount(router, context, routes.apiKeys.create, ({ principal, body }) => createApiKey(context, principal, body));
  mount(router, context, routes.apiKeys.delete, async ({ principal, params }) => deleteApiKey(context, principal, params.apiKeyId) as Promise<undefined>);
  mount(router, context, routes.apiKeys.list, async ({ principal, query }) => {
    checkKind(principal);
    const cursor = readCursor(query.cursor);
    const rows = await listApiKeys(context.db, principal.workspaceId, { limit: query.limit + 1, after: cursor && { at: new Date(cursor[0]), id: cursor[1] } });
    const last = rows[query.limit - 1];
    return { items: rows.slice(0, query.limit).map(presentApiKey), ...(rows.length > query.limit && last ? { nextCursor: writeCursor(last.created_at.toISOString(), last.id) } : {}) };
  });

  mount(router, context, routes.workspaces.put, ({ principal, params, body }) => putWorkspace(context, principal, { ...body, id: params.workspaceId }));
  mount(router, context, routes.workspaces.read, async ({ params }) => {
    const row = await findWorkspace(context.db, params.workspaceId);
    if (!row) throw new DomainError('workspace_not_found');
    return (await presentWorkspaces(context.db, [row]))[0]!;
  });
  mount(router, context, routes.workspaces.suspend, ({ principal, params, body }) => setSuspension(context, principal, params.workspaceId, 'suspend', body));
  mount(router, context, routes.workspaces.resume, ({ principal, params, body }) => setSuspension(context, principal, params.workspaceId, 'resume', body));
  mount(router, context, routes.workspaces.list, async ({ query }) => {
    const rows = await listWorkspaces(context.db, { limit: query.limit + 1, after: readCursor(query.cursor)?.[1] });
    const last = rows[query.limit - 1];
    return { items: await presentWorkspaces(context.db, rows.slice(0, query.limit)), ...(rows.length > query.limit && last ? { nextCursor: writeCursor(last.created_at.toISOString(), last.id) } : {}) };
  });
}
