import { type Route, scopes } from '@fapi/sdk/contract';
import type { Context as KoaContext } from 'koa';
import { DomainError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { roleOn, scopesFor } from '../../domain/access/roles.ts';
import { findSeen } from '../../store/access/sight.ts';
import { type Credentials, findPrincipal, type Proofs } from './principal.ts';
import type { RateLimits } from '../rates/rate-limit.ts';

export interface Gate extends Proofs { readonly limits: RateLimits }

/** Lets a request in that may do what its route does: in the workspace, or on the app that it names. An app that cannot be seen does not exist. */
export async function admit(gate: Gate, route: Route, koa: KoaContext): Promise<Principal> {
  koa.set('cache-control', 'no-store');
  return admitAs(gate, route, koa, { authorization: koa.get('authorization'), workspace: koa.get('fapi-workspace'), origin: originOf(koa) }, appOf(route, koa));
}

/** The page that asks; empty when there is none or when this server served it. */
export const originOf = (koa: Pick<KoaContext, 'state'>): string => (koa.state['foreignOrigin'] as string | undefined) ?? '';

/** As `admit`, of one who has said elsewhere than in the head of the request who it is. */
export async function admitAs(gate: Gate, route: Route, koa: Pick<KoaContext, 'set' | 'state'>, credentials: Credentials, appId: string | undefined): Promise<Principal> {
  const principal = await findPrincipal(gate, credentials);
  gate.limits.charge(koa, principal, route);
  return placeOn(gate, route, principal, appId);
}

/** What a principal may do on an app, or in its workspace, as it is now. */
export async function placeOn(gate: Pick<Gate, 'db'>, route: Route, principal: Principal, appId: string | undefined): Promise<Principal> {
  if (principal.kind === 'operator') return principal;
  // Before any look at the app, so that the answer says nothing of it. Who has no role of its own may have one there.
  if (appId === undefined || principal.role !== undefined) checkScope(principal, route);
  if (appId === undefined) return principal;
  const seen = /^[\w-]{1,100}$/.test(appId) ? await findSeen(gate.db, principal, appId) : undefined;
  const role = seen && roleOn(principal.role, seen.granted);
  if (role === undefined) throw new DomainError('app_not_found');
  const there = { ...principal, role, scopes: scopesFor(role, principal.minted) };
  checkScope(there, route);
  return there;
}

/** A route is about the app in its path, or about the one that its query picks. */
function appOf({ query }: Route, koa: KoaContext): string | undefined {
  const appId = (koa as unknown as { params: Record<string, string> }).params['appId'] ?? (query && 'appId' in query.shape ? koa.query['appId'] : undefined);
  return typeof appId === 'string' ? appId : undefined;
}

function checkScope({ scopes: own }: Principal, { access }: Route): void {
  if (access === 'session') return;
  const isScope = (scopes as readonly string[]).includes(access);
  if (!isScope || !(own as readonly string[]).includes(access)) throw new DomainError('forbidden', access === 'operator' ? 'this is for the operator' : `this needs ${access}`);
}
