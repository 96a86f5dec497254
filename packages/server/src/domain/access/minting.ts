import { builderScopes, type Role, type Scope, scopesOfRole } from '@fapi/sdk/contract';
import { DomainError } from '../errors.ts';
import type { Principal } from './principal.ts';
import { isAbove } from './roles.ts';

export interface MintRequest {
  subject: string; role?: Role | undefined; scopes?: Scope[] | undefined; apps?: string[] | undefined; labels?: string[] | undefined; origins?: string[] | undefined; ttlSeconds: number;
}

/** Throws `forbidden` when a role is above that of whoever gives it away. The operator is above all. */
export function checkRole({ kind, role: own }: Pick<Principal, 'kind' | 'role'>, role: Role): void {
  if (kind !== 'operator' && (own === undefined || isAbove(role, own))) throw new DomainError('forbidden', `the role ${role} is above your own`);
}

/** What a token will be and may do; throws `forbidden` when that is more than its minter may give. */
export function chooseRights(minter: Principal, { subject, role: asked, scopes }: MintRequest): { role: Role; scopes: readonly Scope[] } {
  if (minter.kind === 'embed') throw new DomainError('forbidden', 'the token of a page mints no others');
  // Of other subjects an app may think more than of this one.
  if (minter.kind === 'oidc' && subject !== minter.subject) throw new DomainError('forbidden', 'a user mints tokens for nobody but herself');
  const role = asked ?? minter.role ?? 'admin';
  checkRole(minter, role);
  const most = scopesOfRole[role];
  const chosen = scopes ?? (asked === undefined ? most.filter((scope) => builderScopes.includes(scope)) : most);
  const beyond = chosen.find((scope) => !most.includes(scope));
  if (beyond !== undefined) throw new DomainError('forbidden', `the role ${role} has no ${beyond}`);
  return { role, scopes: chosen };
}
