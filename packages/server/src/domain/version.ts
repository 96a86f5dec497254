import { DomainError } from './errors.ts';

/** Compare and swap: throws `draft_conflict` or `environment_conflict` when the named version is not the newest. */
export function checkVersion(of: 'draft' | 'environment', named: number, newest: number): void {
  if (named === newest) return;
  const detail = named > newest ? `there is no version ${named} of the ${of}: version ${newest} is the newest` : `version ${named} of the ${of} was named, and version ${newest} is there by now`;
  throw new DomainError(`${of}_conflict`, detail, { currentVersion: newest });
}
