import type { Role } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { isAbove } from '../../domain/access/roles.ts';
import { holdApiKey } from '../../store/access/api-keys.ts';
import { listGrantsOf } from '../../store/access/grants.ts';
import { holdOidc } from '../../store/access/workspaces.ts';
import type { Tx } from '../../store/schema.ts';

/** Throws `unauthorized` when the key that gives access away was deleted meanwhile, or the user's provider replaced; otherwise that comes after this transaction, and ends what was given. */
export async function requireGiver(tx: Tx, { kind, credential, workspaceId, oidc }: Principal): Promise<void> {
  if (kind === 'api_key' && !(await holdApiKey(tx, credential))) throw new DomainError('unauthorized', 'the key was deleted');
  if (kind === 'oidc' && JSON.stringify(await holdOidc(tx, workspaceId)) !== JSON.stringify(oidc)) throw new DomainError('unauthorized', 'the workspace has another provider now');
}

/** What bears another name than its giver has its role on all of `apps`: who is less on one of them would be more by it. Every app of the workspace without `apps`. */
export async function requireGrants(tx: Tx, { kind, workspaceId, subject }: Principal, role: Role, apps?: readonly string[]): Promise<void> {
  if (kind === 'operator') return;
  const lower = (await listGrantsOf(tx, workspaceId, subject)).find((grant) => isAbove(role, grant.role) && (apps?.includes(grant.appId) ?? true));
  if (lower) throw new DomainError('forbidden', `you are ${lower.role} on ${lower.appId}, and this would be ${role} there`);
}
