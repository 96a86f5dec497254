import type { Workspace, WorkspaceLimits, WorkspaceOidc } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { isSafeAddress } from '../../domain/access/user-claims.ts';
import { listSessionsFor, revokeTokens } from '../../store/access/embed-tokens.ts';
import { insertRevocations, withdrawRevocations } from '../../store/access/revocations.ts';
import { findWorkspace, putWorkspace as writeWorkspace } from '../../store/access/workspaces.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { presentWorkspaces } from './present-workspace.ts';
import { requireIsolation } from './require-isolation.ts';

export interface PutWorkspaceRequest { id: string; title: string; origins: readonly string[]; oidc?: WorkspaceOidc | undefined; limits: WorkspaceLimits }

/** What a user's stream is revoked by when the workspace's provider is another one. */
export const oidcCredential = (workspaceId: string): string => `oidc:${workspaceId}`;

/** What the streams of a page are revoked by when its workspace strikes it off, whoever has opened them. */
export const pageCredential = (workspaceId: string, origin: string): string => `page:${workspaceId}:${origin}`;

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
    // These pages get nothing any more, so their streams end: those of others go on, also by the same token.
    const struck = (former?.origins ?? []).filter((origin) => !row.origins.includes(origin));
    ended.push(...struck.map((origin) => pageCredential(input.id, origin)), ...(await listSessionsFor(tx, input.id, { struck, left: row.origins }, at)));
    await withdrawRevocations(tx, row.origins.map((origin) => pageCredential(input.id, origin)));
    await insertRevocations(tx, ended);
    return { answer: (await presentWorkspaces(tx, [row]))[0]! };
  });
  context.endSessions(ended);
  return workspace;
}
