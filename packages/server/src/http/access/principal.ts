import { scopes } from '@fapi/sdk/contract';
import type { Context as KoaContext } from 'koa';
import { oidcCredential, pageCredential } from '../../commands/access/put-workspace.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { scopesFor } from '../../domain/access/roles.ts';
import { hashOf, isSameSecret } from '../../domain/access/secrets.ts';
import { roleOfUser, subjectOf } from '../../domain/access/user-claims.ts';
import { peek, type UserTokens } from '../../identity/user-tokens.ts';
import { findApiKey } from '../../store/access/api-keys.ts';
import { findToken } from '../../store/access/embed-tokens.ts';
import { listGrantsOf } from '../../store/access/grants.ts';
import { findWorkspace, listByIssuer, type WorkspaceRow } from '../../store/access/workspaces.ts';
import type { Database } from '../../store/schema.ts';

/** Throws `unauthorized` unless the caller has the controller's own credential. */
export function requireController(koa: KoaContext, controllerKey: string): void {
  if (!isSameSecret(koa.get('authorization'), `Bearer ${controllerKey}`)) throw new DomainError('unauthorized');
  koa.state['caller'] = 'controller';
}

/** `origin` is the page's, and empty when there is none or when this server served it. */
export interface Credentials { authorization: string; workspace: string; origin: string }
/** What proves who somebody is. */
export interface Proofs { readonly db: Database; readonly operatorKey: string; readonly userTokens: UserTokens; now(): Date }

/** Throws `unauthorized`, `token_expired`, `forbidden`, `origin_not_allowed`, `workspace_not_found` or `identity_provider_unavailable`. */
export async function findPrincipal(proofs: Proofs, { authorization, workspace, origin }: Credentials): Promise<Principal> {
  const secret = readBearer(authorization);
  if (isSameSecret(secret, proofs.operatorKey)) return findOperator(proofs, workspace, origin);
  if (secret.startsWith('fak_')) return findKeyHolder(proofs, secret, workspace, origin);
  if (secret.startsWith('fet_')) return findPage(proofs, secret, origin);
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(secret)) return findUser(proofs, secret, workspace, origin);
  throw unknownToken();
}

/** Says what is wrong with the header itself; of a token that has the form of one it says nothing. */
function readBearer(authorization: string): string {
  if (authorization === '') throw new DomainError('unauthorized', 'send the header "Authorization: Bearer <token>"');
  const [, secret] = /^Bearer +([\x21-\x7e]{1,8192})$/i.exec(authorization) ?? [];
  if (secret === undefined) throw new DomainError('unauthorized', 'the header "Authorization" is malformed: it is "Bearer", a space, and one token');
  return secret;
}

const pageOf = (workspaceId: string, origin: string): Pick<Principal, 'pageCredential'> => (origin === '' ? {} : { pageCredential: pageCredential(workspaceId, origin) });

const unknownToken = (): DomainError => new DomainError('unauthorized', 'the token is not known here');

/** A key that anybody who looks at the page can read is no key any more. */
function refusePages(origin: string): void {
  if (origin !== '') throw new DomainError('origin_not_allowed', 'keys are not for pages: mint a token for the page');
}

async function findOperator({ db }: Proofs, workspace: string, origin: string): Promise<Principal> {
  refusePages(origin);
  const workspaceId = workspace || 'default';
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(workspaceId) || !(await findWorkspace(db, workspaceId))) throw new DomainError('workspace_not_found', 'the header fapi-workspace names none');
  return { kind: 'operator', subject: 'operator', workspaceId, id: 'operator', credential: 'operator', scopes, needsGrant: false };
}

async function findKeyHolder({ db, now }: Proofs, secret: string, workspace: string, origin: string): Promise<Principal> {
  const row = await findApiKey(db, hashOf(secret));
  if (!row) throw unknownToken();
  if (row.expires_at && row.expires_at <= now()) throw new DomainError('token_expired');
  refusePages(origin);
  if (workspace !== '' && workspace !== row.workspace_id) throw new DomainError('workspace_not_found', 'the key is one of another workspace than the header fapi-workspace names');
  return {
    kind: 'api_key', subject: row.id, workspaceId: row.workspace_id, id: row.id, credential: row.id, role: row.role, scopes: scopesFor(row.role, undefined), needsGrant: false,
    ...(row.expires_at ? { expiresAt: row.expires_at } : {}),
  };
}

async function findPage({ db, now }: Proofs, secret: string, origin: string): Promise<Principal> {
  const row = await findToken(db, hashOf(secret));
  if (!row) throw unknownToken();
  if (row.revoked_at) throw new DomainError('unauthorized', 'the token was revoked');
  if (row.expires_at <= now()) throw new DomainError('token_expired');
  // On the workspace's list as it is now, too: one that was struck off may be on another workspace's, and a browser is told of no difference.
  if (origin !== '' && !(((await findWorkspace(db, row.workspace_id))?.origins ?? []).includes(origin) && (row.origins ?? [origin]).includes(origin))) throw new DomainError('origin_not_allowed', 'the token was minted for other pages');
  return {
    kind: 'embed', subject: row.subject, workspaceId: row.workspace_id, id: row.session_id, credential: row.session_id, role: row.role, scopes: scopesFor(row.role, row.scopes), minted: row.scopes, needsGrant: false,
    ...pageOf(row.workspace_id, origin), sessionId: row.session_id, tokenHash: row.hash, expiresAt: row.expires_at, ...(row.apps ? { apps: row.apps } : {}), ...(row.labels ? { labels: row.labels } : {}),
  };
}

async function findUser({ db, userTokens }: Proofs, token: string, workspace: string, origin: string): Promise<Principal> {
  const row = await chooseWorkspace(db, token, workspace);
  const oidc = row.oidc!;
  const { claims, expiresAt } = await userTokens.verify(token, oidc);
  const subject = subjectOf(claims, oidc);
  if (subject === undefined) throw new DomainError('unauthorized', `the claim ${oidc.subjectClaim} of the token names nobody`);
  if (origin !== '' && !row.origins.includes(origin)) throw new DomainError('origin_not_allowed', 'the page is not on the list of the workspace');
  const role = roleOfUser(claims, oidc);
  if (role === undefined && (await listGrantsOf(db, row.id, subject)).length === 0) throw new DomainError('forbidden', 'this user has no role in the workspace, and none on any of its apps');
  return {
    kind: 'oidc', subject, workspaceId: row.id, id: `${oidcCredential(row.id)}:${subject}`, credential: oidcCredential(row.id), scopes: scopesFor(role, undefined), needsGrant: role === undefined, expiresAt, oidc,
    ...pageOf(row.id, origin), ...(role === undefined ? {} : { role }),
  };
}

/** One of those that name the token's issuer and audience: the only one, or the one that the header picks. */
async function chooseWorkspace(db: Database, token: string, workspace: string): Promise<WorkspaceRow> {
  const claimed = peek(token);
  const rows = claimed ? (await listByIssuer(db, claimed.issuer)).filter(({ oidc }) => oidc && claimed.audiences.includes(oidc.audience)) : [];
  if (rows.length === 0) throw new DomainError('unauthorized', 'no workspace takes tokens of this issuer for this audience');
  const row = workspace === '' ? rows[0]! : rows.find(({ id }) => id === workspace);
  if (!row) throw new DomainError('workspace_not_found', 'the header fapi-workspace names none that takes this token');
  if (workspace === '' && rows.length > 1) throw new DomainError('workspace_not_found', 'several workspaces take this token: name one in the header fapi-workspace');
  return row;
}
