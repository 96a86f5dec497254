import type { DraftConflict } from './contract/files.ts';
import type { Issue, Problem } from './contract/problem.ts';
import { ApiError, ContractError } from './errors.ts';
import { retryAfterMsOf } from './retry-after.ts';
import type { Address } from './contract/routes.ts';

/** What a refusal becomes. Read by hand: a newer server's code, or a field that it changed, must not hide what it said. */
export function toApiError({ status, headers }: Pick<Response, 'status' | 'headers'>, body: unknown, address: Address): ApiError | ContractError {
  const { code, title, type, requestId, detail, issues, currentVersion, conflict } = (typeof body === 'object' && body !== null ? body : {}) as Partial<Record<keyof Problem, unknown>>;
  if (typeof type !== 'string' || !isText(code) || !isText(title) || typeof requestId !== 'string') {
    return new ContractError(`${address} answered ${status} without a problem of ours: something in between answered`, status);
  }
  return new ApiError({
    code: code as Problem['code'], status, title, requestId,
    detail: isText(detail) ? detail : undefined,
    issues: Array.isArray(issues) ? issues.filter(isIssue) : [],
    currentVersion: typeof currentVersion === 'number' ? currentVersion : undefined,
    conflict: isConflict(conflict) ? conflict : undefined,
    retryAfterMs: retryAfterMsOf(headers),
  });
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isIssue = (issue: Partial<Issue> | null): issue is Issue => typeof issue?.path === 'string' && typeof issue.message === 'string';
const isDraft = (draft: Partial<DraftConflict['current']> | null | undefined): boolean => typeof draft?.version === 'number' && Array.isArray(draft.files);
const isConflict = (conflict: unknown): conflict is DraftConflict =>
  typeof conflict === 'object' && conflict !== null && isDraft((conflict as DraftConflict).current) && ((conflict as DraftConflict).base === undefined || isDraft((conflict as DraftConflict).base));
