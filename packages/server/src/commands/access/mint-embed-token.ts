import { randomUUID } from 'node:crypto';
import type { EmbedToken } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { chooseRights, type MintRequest } from '../../domain/access/minting.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { makeSecret } from '../../domain/access/secrets.ts';
import { insertToken } from '../../store/access/embed-tokens.ts';
import { findWorkspace } from '../../store/access/workspaces.ts';
import { findApp } from '../../store/apps/apps.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { requireGiver, requireGrants } from './require-giver.ts';

/** Mints a token for a page. Only its digest is kept: nobody can read it again, and a second call mints another one. */
export function mintEmbedToken(context: Context, minter: Principal & Actor, request: MintRequest): Promise<EmbedToken> {
  const { role, scopes } = chooseRights(minter, request);
  return act(context, minter, { action: 'embedTokens.create', takesReserve: 'urgent', input: request, replay: null }, async (tx, at) => {
    const workspace = await findWorkspace(tx, minter.workspaceId);
    if (!workspace) throw new DomainError('workspace_not_found');
    await requireGiver(tx, minter);
    if (request.subject !== minter.subject) await requireGrants(tx, minter, role, request.labels === undefined ? request.apps : undefined);
    const origins = request.origins?.map((origin) => new URL(origin).origin);
    for (const origin of origins ?? []) if (!workspace.origins.includes(origin)) throw new DomainError('origin_not_allowed', `${origin} is not on the workspace's list`);
    for (const appId of request.apps ?? []) if (!(await findApp(tx, workspace.id, appId))) throw new DomainError('app_not_found', `${appId} is not an app of the workspace`);
    const { text, hash } = makeSecret('fet_');
    const sessionId = randomUUID();
    await insertToken(tx, {
      hash, session_id: sessionId, workspace_id: workspace.id, subject: request.subject, role, scopes: [...scopes], apps: request.apps ?? null, labels: request.labels ?? null, origins: origins ?? null,
      expires_at: new Date(at.getTime() + request.ttlSeconds * 1_000), minted_by: minter.credential,
    });
    return { answer: { token: text, expiresInSeconds: request.ttlSeconds, sessionId } };
  });
}
