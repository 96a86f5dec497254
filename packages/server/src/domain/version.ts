import type { DraftConflict } from '@fapi/sdk/contract';
import { DomainError } from './errors.ts';

/** Compare and swap: throws `draft_conflict` or `environment_conflict` when the named version is not the newest. */
export function checkVersion(of: 'draft' | 'environment', named: number, newest: number): void {
  if (named !== newest) throw makeConflict(of, named, newest);
}

export function makeConflict(of: 'draft' | 'environment', named: number, newest: number, conflict?: DraftConflict): DomainError {
  const detail = named > newest ? `there is no version ${named} of the ${of}: version ${newest} is the newest` : `version ${named} of the ${of} was named, and version ${newest} is there by now`;
  return new DomainError(`${of}_conflict`, detail, { currentVersion: newest, ...(conflict ? { conflict } : {}) });
}
