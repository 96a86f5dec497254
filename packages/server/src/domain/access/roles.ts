import { type Role, roles, type Scope, scopesOfRole } from '@fapi/sdk/contract';

/** Is the first role more than the second one? */
export const isAbove = (role: Role, than: Role): boolean => roles.indexOf(role) > roles.indexOf(than);

/** What somebody is on one app: the lower one of the own role and the granted one; undefined with neither. */
export function roleOn(own: Role | undefined, granted: Role | undefined): Role | undefined {
  if (own === undefined || granted === undefined) return own ?? granted;
  return isAbove(own, granted) ? granted : own;
}

/** What a role may, cut down to what a token was minted with. Who has no role of its own sees the lists of the workspace, as far as its apps are in them. */
export function scopesFor(role: Role | undefined, minted: readonly Scope[] | undefined): readonly Scope[] {
  const own = scopesOfRole[role ?? 'viewer'];
  return minted === undefined ? own : own.filter((scope) => minted.includes(scope));
}

/** The highest of some roles. */
export const highest = (some: readonly Role[]): Role | undefined => roles.findLast((role) => some.includes(role));
