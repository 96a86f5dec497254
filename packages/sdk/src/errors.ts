import type { DraftConflict } from './contract/files.ts';
import type { ErrorCode, Issue } from './contract/problem.ts';

const brand = Symbol.for('fapi.Error');
const apiBrand = Symbol.for('fapi.ApiError');
const tokenBrand = Symbol.for('fapi.TokenError');

const hasBrand = (error: unknown, mark: symbol): boolean => typeof error === 'object' && error !== null && mark in error;

/** What every error of this package is. None of them, and none of their causes, holds a token or a key. */
export class FapiError extends Error {
  readonly [brand] = true;
}

/**
 * True for every error of this package, of any copy of it.
 * @example if (!isFapiError(error)) throw error;
 */
export function isFapiError(error: unknown): error is FapiError {
  return hasBrand(error, brand);
}

/** What the server said when it said no. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly requestId: string;
  readonly detail?: string | undefined;
  readonly issues?: readonly Issue[] | undefined;
  readonly currentVersion?: number | undefined;
  readonly conflict?: DraftConflict | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The server said no. `requestId` is what to tell an operator. */
export class ApiError extends FapiError {
  override readonly name = 'ApiError';
  readonly [apiBrand] = true;
  /** From the closed list; a newer server may send one that is not on it. Then `status` says what kind it is. */
  readonly code: ErrorCode;
  readonly status: number;
  readonly requestId: string;
  readonly detail: string | undefined;
  readonly issues: readonly Issue[];
  /** For `draft_conflict` and `environment_conflict`: the version that is there now. */
  readonly currentVersion: number | undefined;
  /** For `draft_conflict`: what the server has now, and what it had as the version that was named; with what was to be saved, all of a three-way merge. Absent for those who may not read drafts. */
  readonly conflict: DraftConflict | undefined;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  constructor({ code, status, title, requestId, detail, issues = [], currentVersion, conflict, retryAfterMs }: Refusal) {
    super(detail ? `${title}: ${detail}` : title);
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.detail = detail;
    this.issues = issues;
    this.currentVersion = currentVersion;
    this.conflict = conflict;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * True for an `ApiError`, of any copy of this package, with that code when one is given.
 * @example if (isApiError(error, 'draft_conflict')) await merge(error.conflict);
 */
export function isApiError(error: unknown, code?: ErrorCode): error is ApiError {
  return hasBrand(error, apiBrand) && (code === undefined || (error as ApiError).code === code);
}

/** No answer came: the server, the network or the address is wrong. */
export class ConnectionError extends FapiError {
  override readonly name = 'ConnectionError';
}

/** No answer came in time. Whether the act happened is not known. */
export class TimeoutError extends FapiError {
  override readonly name = 'TimeoutError';
}

/** No token could be had: the portal's backend refused or did not answer. */
export class TokenError extends FapiError {
  override readonly name = 'TokenError';
  readonly [tokenBrand] = true;
  /** What the portal's endpoint answered with, where it answered: 503 is no refusal, a token comes later. */
  readonly status: number | undefined;

  constructor(message: string, { status, ...options }: ErrorOptions & { status?: number } = {}) {
    super(message, options);
    this.status = status;
  }
}

/** True for a `TokenError`, of any copy of this package. */
export function isTokenError(error: unknown): error is TokenError {
  return hasBrand(error, tokenBrand);
}

/** The caller's signal fired; its reason is the `cause`. */
export class AbortError extends FapiError {
  override readonly name = 'AbortError';
}

/** The call worked, the promise did not: the answer breaks the contract, or something between us and the server answered instead. */
export class ContractError extends FapiError {
  override readonly name = 'ContractError';
  readonly status: number;
  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
