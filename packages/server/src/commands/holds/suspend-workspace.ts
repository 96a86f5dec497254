import type { Workspace } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { lockWorkspace, writeSuspension } from '../../store/access/workspaces.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { presentWorkspaces } from '../access/present-workspace.ts';
import { settleHolds } from './settle-holds.ts';
import { makeSuspension } from './suspend-app.ts';

/** Has nothing of a workspace served, or lets it be served again. Written first, so that no deployment gets past it; then its apps are stopped or asked for one by one, and what is missed here is made good by the housekeeping. */
export async function setSuspension(context: Context, actor: Actor, workspaceId: string, verb: 'suspend' | 'resume', { reason }: { reason?: string | undefined }): Promise<Workspace> {
  const answer = await act(context, { ...actor, workspaceId }, { action: `workspaces.${verb}`, takesReserve: verb === 'suspend' ? 'last' : undefined, input: { workspaceId, reason }, reason }, async (tx, at) => {
    const former = await lockWorkspace(tx, workspaceId);
    if (!former) throw new DomainError('workspace_not_found');
    const row = await writeSuspension(tx, workspaceId, verb === 'resume' ? null : { ...makeSuspension(at, reason), ...(former.suspended ? { at: former.suspended.at } : {}) });
    return { answer: (await presentWorkspaces(tx, [row!]))[0]! };
  });
  await settleHolds(context, workspaceId);
  return answer;
}
