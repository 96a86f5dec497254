import type { ErrorCode, Issue } from '@fapi/sdk/contract';

export interface DomainErrorExtra {
  detail?: string;
  issues?: readonly Issue[];
  /** For `draft_conflict`. */
  currentVersion?: number;
  retryAfterSeconds?: number;
  /** For `method_not_allowed`. */
  allow?: readonly string[];
}

/** A rule was broken: the code is from the closed list, everything in it may be shown outside. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly extra: DomainErrorExtra;
  constructor(code: ErrorCode, extra: DomainErrorExtra = {}) {
    super(extra.detail ?? code);
    this.code = code;
    this.extra = extra;
  }
}
