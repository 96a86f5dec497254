import { DomainError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { findSession, revokeTokens } from '../../store/access/embed-tokens.ts';
import { insertRevocations } from '../../store/access/revocations.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';

/** Refuses a token from now on and ends its streams, here at once and on every other server within a second. Throws `session_not_found`; a page may end its own session only. */
export async function revokeEmbedToken(context: Context, actor: Principal & Actor, sessionId: string): Promise<void> {
  const isForeign = actor.kind === 'embed' && actor.sessionId !== sessionId;
  await act(context, actor, { action: 'embedTokens.revoke', takesReserve: 'last', input: sessionId }, async (tx, at) => {
    if (isForeign || !(await findSession(tx, actor.workspaceId, sessionId))) throw new DomainError('session_not_found');
    await revokeTokens(tx, actor.workspaceId, { sessionId }, at);
    await insertRevocations(tx, [sessionId]);
    return { answer: undefined };
  });
  context.endSessions([sessionId]);
}
