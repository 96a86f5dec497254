import type { ApiKey, CreatedApiKey, Role } from '@fapi/sdk/contract';
import { DomainError } from '../../domain/errors.ts';
import { makeApiKeyId } from '../../domain/identifiers.ts';
import { checkRole } from '../../domain/access/minting.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { makeSecret } from '../../domain/access/secrets.ts';
import { type ApiKeyRow, countApiKeys, deleteApiKey as removeRow, insertApiKey } from '../../store/access/api-keys.ts';
import { revokeTokens } from '../../store/access/embed-tokens.ts';
import { insertRevocations } from '../../store/access/revocations.ts';
import { lockWorkspace } from '../../store/access/workspaces.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { requireGiver, requireGrants } from './require-giver.ts';

const mostKeys = 100;

export const presentApiKey = ({ id, title, role, created_at, created_by, expires_at }: ApiKeyRow): ApiKey => ({
  id, title, role, createdAt: created_at.toISOString(), createdBy: created_by, ...(expires_at ? { expiresAt: expires_at.toISOString() } : {}),
});

/** Makes a key of the workspace. Its text is answered once; a second call makes another one. */
export function createApiKey(context: Context, actor: Principal & Actor, input: { title: string; role: Role; expiresAt?: string | undefined }): Promise<CreatedApiKey> {
  checkKind(actor);
  checkRole(actor, input.role);
  return act(context, actor, { action: 'apiKeys.create', input, replay: null }, async (tx, at) => {
    await lockWorkspace(tx, actor.workspaceId);
    await requireGiver(tx, actor);
    await requireGrants(tx, actor, input.role);
    const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt);
    if (expiresAt && expiresAt <= at) throw new DomainError('invalid_request', '/expiresAt: is over already', { issues: [{ path: '/expiresAt', message: 'is over already' }] });
    const used = await countApiKeys(tx, actor.workspaceId);
    if (used >= mostKeys) throw new DomainError('quota_exceeded', `the workspace has ${used} API keys of ${mostKeys}`, { issues: [{ path: '/', message: 'API keys of the workspace', used, limit: mostKeys }] });
    const { text, hash } = makeSecret('fak_');
    const row = await insertApiKey(tx, { id: makeApiKeyId(), hash, workspace_id: actor.workspaceId, title: input.title, role: input.role, created_at: at, created_by: actor.subject, expires_at: expiresAt });
    return { answer: { ...presentApiKey(row), key: text } };
  });
}

/** Takes a key out of use, with every token that it has minted. */
export async function deleteApiKey(context: Context, actor: Principal & Actor, id: string): Promise<void> {
  checkKind(actor);
  const ended = await act(context, actor, { action: 'apiKeys.delete', takesReserve: 'last', input: id, replay: { keep: () => null, restore: async () => [] } }, async (tx, at) => {
    if (!(await removeRow(tx, actor.workspaceId, id))) throw new DomainError('api_key_not_found');
    const credentials = [id, ...(await revokeTokens(tx, actor.workspaceId, { mintedBy: id }, at)).map((row) => row.session_id)];
    await insertRevocations(tx, credentials);
    return { answer: credentials };
  });
  context.endSessions(ended);
}

/** Keys outlive the minutes of a page. */
export function checkKind({ kind }: Principal): void {
  if (kind === 'embed') throw new DomainError('forbidden', 'the token of a page has nothing to do with keys');
}
