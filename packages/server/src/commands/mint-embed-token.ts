import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type EmbedToken, type Scope, scopes } from '@fapi/sdk/contract';
import { DomainError } from '../domain/errors.ts';
import { findWorkspace, insertToken } from '../store/access.ts';
import { findApp } from '../store/apps.ts';
import { act } from './act.ts';
import type { Actor, Context } from './context.ts';

/** All that a builder does; minting tokens is the portal's backend's. */
const builderScopes = scopes.filter((scope) => scope !== 'tokens:write');

export interface MintRequest { subject: string; scopes?: Scope[] | undefined; apps?: string[] | undefined; origins?: string[] | undefined; ttlSeconds: number }

/** Mints a token for a page. Only its digest is kept: nobody can read it again, and a second call mints another one. */
export function mintEmbedToken(context: Context, actor: Actor, request: MintRequest): Promise<EmbedToken> {
  return act(context, actor, { action: 'embedTokens.create', input: request, replay: null }, async (tx, at) => {
    const workspace = await findWorkspace(tx, actor.workspaceId);
    if (!workspace) throw new DomainError('workspace_not_found');
    for (const origin of request.origins ?? []) if (!workspace.origins.includes(origin)) throw new DomainError('origin_not_allowed', `${origin} is not on the workspace's list`);
    for (const appId of request.apps ?? []) if (!(await findApp(tx, workspace.id, appId))) throw new DomainError('app_not_found', `${appId} is not an app of the workspace`);
    const token = `fet_${randomBytes(32).toString('base64url')}`;
    const sessionId = randomUUID();
    await insertToken(tx, {
      hash: createHash('sha256').update(token).digest('hex'), session_id: sessionId, workspace_id: workspace.id, subject: request.subject, scopes: request.scopes ?? builderScopes,
      apps: request.apps, origins: request.origins, expires_at: new Date(at.getTime() + request.ttlSeconds * 1_000),
    });
    return { answer: { token, expiresInSeconds: request.ttlSeconds, sessionId } };
  });
}
