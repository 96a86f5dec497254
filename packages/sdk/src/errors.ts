import type { DraftConflict } from './contract/files.ts';
import type { ErrorCode, Issue, Problem } from './contract/problem.ts';

const brand = Symbol.for('fapi.ApiError');
const tokenBrand = Symbol.for('fapi.TokenError');

/** The server answered with a code from the closed list. `requestId` is what to tell an operator. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly status: number;
  readonly requestId: string;
  readonly detail: string | undefined;
  readonly issues: readonly Issue[];
  /** For `draft_conflict`: the version that is there now. */
  readonly currentVersion: number | undefined;
  /** For `draft_conflict`: what the server has now, and what it had as the version that was named; with what was to be saved, all of a three-way merge. Absent for those who may not read drafts. */
  readonly conflict: DraftConflict | undefined;
  constructor(problem: Problem) {
    super(problem.detail ? `${problem.title}: ${problem.detail}` : problem.title);
    this.code = problem.code;
    this.status = problem.status;
    this.requestId = problem.requestId;
    this.detail = problem.detail;
    this.issues = problem.issues ?? [];
    this.currentVersion = problem.currentVersion;
    this.conflict = problem.conflict;
  }
}

/**
 * True for an `ApiError`, of any copy of this package, with that code when one is given.
 * @example if (isApiError(error, 'draft_conflict')) await merge(error.currentVersion);
 */
export function isApiError(error: unknown, code?: ErrorCode): error is ApiError {
  return typeof error === 'object' && error !== null && brand in error && (code === undefined || (error as ApiError).code === code);
}

/** No answer came: the server, the network or the address is wrong. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** No answer came in time. Whether the act happened is not known. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** No token could be had: the portal's backend refused or did not answer. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly [tokenBrand] = true;
}

/** True for a `TokenError`, of any copy of this package. */
export function isTokenError(error: unknown): error is TokenError {
  return typeof error === 'object' && error !== null && tokenBrand in error;
}

/** The caller's signal fired. */
export class AbortError extends Error {
  override readonly name = 'AbortError';
}

/** The call worked, the promise did not: the answer breaks the contract, or something between us and the server answered instead. Outside the family on purpose. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly status: number;
  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
