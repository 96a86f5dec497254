import { createHash, timingSafeEqual } from 'node:crypto';
import { type Scope, scopes } from '@fapi/sdk/contract';
import { DomainError } from '../domain/errors.ts';
import { findToken, findWorkspace } from '../store/access.ts';
import type { Database } from '../store/schema.ts';

/** Who sends a request and what they may do. */
export interface Principal {
  kind: 'operator' | 'embed';
  subject: string;
  workspaceId: string;
  scopes: readonly Scope[];
  /** The only apps it may see; all of the workspace when absent. */
  apps?: readonly string[];
  origins?: readonly string[];
  tokenHash?: string;
  expiresAt?: Date;
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares by digest, in a time that says nothing about where two secrets differ. */
function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

/** Throws `unauthorized` unless the caller has the controller's own credential. */
export function requireController(authorization: string, controllerKey: string): void {
  if (!isSameSecret(authorization, `Bearer ${controllerKey}`)) throw new DomainError('unauthorized');
}

/** `origin` is the page's, and empty when there is none or when this server served it. */
export interface Credentials { authorization: string; workspace: string; origin: string }

/** Throws `unauthorized`, `token_expired`, `origin_not_allowed` or `workspace_not_found`. */
export async function findPrincipal(db: Database, operatorKey: string, { authorization, workspace, origin }: Credentials, now: Date): Promise<Principal> {
  const [, secret] = /^Bearer ([\x21-\x7e]{8,512})$/i.exec(authorization) ?? [];
  if (secret === undefined) throw new DomainError('unauthorized', 'send the header "Authorization: Bearer <token>"');
  if (isSameSecret(secret, operatorKey)) {
    const workspaceId = workspace || 'default';
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(workspaceId) || !(await findWorkspace(db, workspaceId))) throw new DomainError('workspace_not_found', 'the header fapi-workspace names none');
    return { kind: 'operator', subject: 'operator', workspaceId, scopes };
  }
  const row = secret.startsWith('fet_') ? await findToken(db, hashOf(secret)) : undefined;
  if (!row) throw new DomainError('unauthorized', 'the token is not known here');
  if (row.expires_at <= now) throw new DomainError('token_expired');
  if (origin !== '') {
    const allowed = row.origins ?? (await findWorkspace(db, row.workspace_id))?.origins ?? [];
    if (!allowed.includes(origin)) throw new DomainError('origin_not_allowed', 'the token was minted for other pages');
  }
  return {
    kind: 'embed', subject: row.subject, workspaceId: row.workspace_id, scopes: row.scopes, tokenHash: row.hash, expiresAt: row.expires_at,
    ...(row.apps ? { apps: row.apps } : {}), ...(row.origins ? { origins: row.origins } : {}),
  };
}
