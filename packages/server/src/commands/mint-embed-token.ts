import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type EmbedToken, type Scope, scopes } from '@fapi/sdk/contract';
import { DomainError } from '../domain/errors.ts';
import { audit, findWorkspace, insertToken } from '../store/access.ts';
import { findApp } from '../store/apps.ts';
import type { Context } from './context.ts';

/** All that a builder does; minting tokens is the portal's backend's. */
const builderScopes = scopes.filter((scope) => scope !== 'tokens:write');

export interface MintRequest { subject: string; scopes?: Scope[] | undefined; apps?: string[] | undefined; origins?: string[] | undefined; ttlSeconds: number }

/** Mints a token for a page. Only its digest is kept: nobody can read it again. */
export async function mintEmbedToken(context: Context, workspaceId: string, request: MintRequest): Promise<EmbedToken> {
  const workspace = await findWorkspace(context.db, workspaceId);
  if (!workspace) throw new DomainError('workspace_not_found');
  for (const origin of request.origins ?? []) if (!workspace.origins.includes(origin)) throw new DomainError('origin_not_allowed', `${origin} is not on the workspace's list`);
  for (const appId of request.apps ?? []) if (!(await findApp(context.db, workspace.id, appId))) throw new DomainError('app_not_found', `${appId} is not an app of the workspace`);
  const token = `fet_${randomBytes(32).toString('base64url')}`;
  const sessionId = randomUUID();
  const at = context.now();
  await insertToken(context.db, {
    hash: createHash('sha256').update(token).digest('hex'), session_id: sessionId, workspace_id: workspace.id, subject: request.subject, scopes: request.scopes ?? builderScopes,
    apps: request.apps, origins: request.origins, expires_at: new Date(at.getTime() + request.ttlSeconds * 1_000),
  });
  await audit(context.db, { workspaceId: workspace.id, subject: request.subject, action: 'token.mint' }, at);
  return { token, expiresInSeconds: request.ttlSeconds, sessionId };
}
