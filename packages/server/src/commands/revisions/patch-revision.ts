import type { Revision } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { updateRevision } from '../../store/code/revisions.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { lockLivingApp } from '../lock-app.ts';
import { presentRevisions } from './present-revision.ts';

/** Changes what people say of a revision and whether it is kept; what it is does not change. */
export function patchRevision(context: Context, actor: Actor, appId: string, digest: string, { comment, pinned }: { comment?: string | null | undefined; pinned?: boolean | undefined }): Promise<Revision> {
  return act(context, actor, { action: 'revisions.patch', appId, input: { digest, comment, pinned } }, async (tx, at) => {
    const app = await lockLivingApp(tx, actor, appId);
    const row = await updateRevision(tx, appId, digest, { ...(comment === undefined ? {} : { comment }), ...(pinned === undefined ? {} : { pinned }) });
    if (!row) throw new DomainError('revision_not_found', 'this app has no such revision, or has it no more');
    const [answer] = await presentRevisions(tx, app, [row], at);
    return { answer: answer! };
  });
}
