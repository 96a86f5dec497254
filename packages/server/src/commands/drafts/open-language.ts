import { randomUUID } from 'node:crypto';
import { CallRefusedError, CallTimeoutError, NobodyServesError, type Session, type SessionEnd } from '@fapi/runner-controller/work';
import type { ErrorCode } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import type { Actor, Context } from '../context.ts';
import { openSavedDraft } from './open-draft.ts';

const codes = new Map<string | undefined, ErrorCode>([['workbench_busy', 'workbench_busy'], ['runner_unavailable', 'runner_unavailable'], ['rate_limited', 'rate_limited'], ['session_gap', 'session_gap'], ['too_large', 'body_too_large']]);

/** A language server on the draft as it was saved last. Throws `runner_unavailable`, `workbench_busy` or `language_unavailable`, or the reason of the signal. */
export async function openLanguage(context: Context, actor: Actor, appId: string, signal: AbortSignal): Promise<Session> {
  const { revision, bundleSha256 } = await openSavedDraft(context, actor, appId);
  try {
    return await context.bus.sessions.open({ sessionId: randomUUID(), appId, draft: { digest: revision, sha256: bundleSha256 } }, { signal });
  } catch (error) {
    if (error instanceof NobodyServesError || error instanceof CallTimeoutError) throw new DomainError('runner_unavailable', error.message);
    if (error instanceof CallRefusedError) throw new DomainError(codes.get(error.code) ?? 'language_unavailable', error.message);
    throw error;
  }
}

/** What the end of a session is for the one who edits. */
export function toError({ reason, code, message }: SessionEnd): DomainError {
  if (reason === 'gap') return new DomainError('session_gap', message);
  if (reason === 'timeout') return new DomainError('runner_unavailable', message);
  return new DomainError(codes.get(code) ?? 'language_unavailable', message);
}
