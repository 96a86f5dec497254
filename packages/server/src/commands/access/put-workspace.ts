import type { Workspace, WorkspaceLimits, WorkspaceOidc } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { isSafeAddress } from '../../domain/access/user-claims.ts';
import { listSessionsFor, revokeTokens } from '../../store/access/embed-tokens.ts';
import { insertRevocations } from '../../store/access/revocations.ts';
import { findWorkspace, putWorkspace as writeWorkspace } from '../../store/access/workspaces.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { presentWorkspaces } from './present-workspace.ts';
import { requireIsolation } from './require-isolation.ts';

export interface PutWorkspaceRequest { id: string; title: string; origins: readonly string[]; oidc?: WorkspaceOidc | undefined; limits: WorkspaceLimits }

/** What a user's stream is revoked by when the workspace's provider is another one. */
export const oidcCredential = (workspaceId: string): string => `oidc:${workspaceId}`;

/** Creates a workspace or replaces what it is. A second one needs apps that are isolated from each other, as whoever runs them has found out. */
export async function putWorkspace(context: Context & { allowUnsafe: boolean }, actor: Actor, input: PutWorkspaceRequest): Promise<Workspace> {
  if (input.oidc && !isSafeAddress(URL.parse(input.oidc.issuer))) throw new DomainError('invalid_request', '/oidc/issuer: must be reached by https', { issues: [{ path: '/oidc/issuer', message: 'must be reached by https; http is for this machine alone' }] });
  const isSecond = input.id !== 'default' && !(await findWorkspace(context.db, input.id));
  if (isSecond && !context.allowUnsafe) await requireIsolation(context);
  let ended: string[] = [];
  const workspace = await act(context, { ...actor, workspaceId: input.id }, { action: 'workspaces.put', input }, async (tx, at) => {
    const former = await findWorkspace(tx, input.id);
    const row = await writeWorkspace(tx, { ...input, origins: input.origins.map((origin) => new URL(origin).origin) }, at);
    // Users of the former provider are gone, with what they have minted.
    if (former?.oidc && JSON.stringify(former.oidc) !== JSON.stringify(row.oidc)) {
      ended = [oidcCredential(input.id), ...(await revokeTokens(tx, input.id, { mintedBy: oidcCredential(input.id) }, at)).map((token) => token.session_id)];
    }
    // Their pages get nothing any more, so the streams of these pages end; a token that names other pages as well opens them anew.
    ended.push(...(await listSessionsFor(tx, input.id, (former?.origins ?? []).filter((origin) => !row.origins.includes(origin)), at)));
    await insertRevocations(tx, ended);
    return { answer: (await presentWorkspaces(tx, [row]))[0]! };
  });
  context.endSessions(ended);
  return workspace;
}
