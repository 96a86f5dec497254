import { DomainError } from '../domain/errors.ts';

/** The version that the caller has seen; throws `precondition_required` when it says none. `of` names what has versions. */
export function readVersion(ifMatch: string | undefined, of: 'draft' | 'environment'): number {
  if (ifMatch === undefined) throw new DomainError('precondition_required', `send If-Match with the version that the ${of} had`);
  const version = Number(/^(?:W\/)?"?(\d{1,9})"?$/.exec(ifMatch)?.[1]);
  if (Number.isNaN(version)) throw new DomainError('invalid_request', `header.if-match: a version of the ${of} such as "3" is expected`, { issues: [{ path: 'header.if-match', message: `not a version of the ${of}` }] });
  return version;
}
