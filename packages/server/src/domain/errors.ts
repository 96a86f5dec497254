import type { DraftConflict, ErrorCode, Issue } from '@fapi/sdk/contract';

/** A rule said no. The one table of the contract gives the status; `detail` is for people and holds no secret. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly issues: Issue[] | undefined;
  readonly currentVersion: number | undefined;
  readonly conflict: DraftConflict | undefined;
  constructor(code: ErrorCode, detail?: string, extra: { issues?: Issue[]; currentVersion?: number; conflict?: DraftConflict } = {}) {
    super(detail ?? code);
    this.code = code;
    this.detail = detail;
    this.issues = extra.issues;
    this.currentVersion = extra.currentVersion;
    this.conflict = extra.conflict;
  }
}
