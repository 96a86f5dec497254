import { type AgentClient, AgentError, AgentGoneError } from '../../agent/client.ts';
import type { AgentErrorCode, Method, Result } from '../../agent/messages.ts';
import { NotServedError } from '../../not-served-error.ts';
import { DroppedError, LanguageRefusedError, OvertakenError, RefusedError, RuntimeUnavailableError, StaleError, UserCodeError, WorkbenchBusyError } from '../runtime.ts';

/** Asks one agent, with its errors in the words of the runtime port. */
export type AskAgent = <M extends Method>(method: M, params: Record<string, unknown>, extra?: { body?: Uint8Array; timeoutMs?: number; signal?: AbortSignal }) => Promise<Result<M>>;

/** Asking again would be refused again. */
const refusals: ReadonlySet<AgentErrorCode> = new Set(['egress_unavailable', 'bad_request']);

/** What an agent's "no", or its absence, is for the runtime port. `overtaken` says which of two controllers is the older one. */
export function toRuntimeError(error: unknown, method: Method, overtaken: string): Error {
  if (error instanceof AgentGoneError) return new RuntimeUnavailableError(error.message, { cause: error });
  if (!(error instanceof AgentError)) return error as Error;
  if (error.code === 'failed' && error.report) return new UserCodeError(error.report, error.finding);
  if (error.code === 'busy' && (method === 'test' || method === 'convert')) return new WorkbenchBusyError(error.message, { cause: error });
  if (error.code === 'superseded' || error.code === 'busy') return new DroppedError(error.message);
  if (error.code === 'stale_generation') return new StaleError(error.message);
  if (error.code === 'stale_epoch') return new OvertakenError(overtaken, { cause: error });
  if (error.code === 'language_unavailable') return new LanguageRefusedError('language_unavailable', error.message, { cause: error });
  if (error.code === 'too_many_sessions') return new LanguageRefusedError('rate_limited', error.message, { cause: error });
  // Of what a deploy needs: nothing has changed then, and whoever deploys should know.
  if (error.code === 'disk_full' && (method === 'put' || method === 'prepare' || method === 'activate')) return new NotServedError('bundle', error.message, { cause: error });
  if (refusals.has(error.code)) return new RefusedError(error.message, { cause: error });
  return new RuntimeUnavailableError(`the agent refused ${method}: ${error.message}`, { cause: error });
}

/** True when an agent has said just this "no". */
export const hasRefused = (error: unknown, code: AgentErrorCode): boolean => error instanceof RuntimeUnavailableError && error.cause instanceof AgentError && error.cause.code === code;

/** Whether an agent answers at all; a "no" is an answer. */
export const isThere = (agent: AgentClient, timeoutMs: number): Promise<boolean> => agent.request('has', { digest: 'sha256:none' }, { timeoutMs }).then(() => true, (error: unknown) => error instanceof AgentError);
