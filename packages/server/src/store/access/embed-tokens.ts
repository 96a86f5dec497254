import { type Selectable, sql } from 'kysely';
import { toJson } from '../json.ts';
import type { Database, Tables, Tx } from '../schema.ts';

export type TokenRow = Selectable<Tables['embed_tokens']>;
const json = (value: unknown): string | null => (value === null ? null : toJson(value));

export async function insertToken(tx: Tx, { scopes, apps, labels, origins, ...row }: Omit<TokenRow, 'revoked_at'>): Promise<void> {
  await tx.insertInto('embed_tokens').values({ ...row, revoked_at: null, scopes: toJson(scopes), apps: json(apps), labels: json(labels), origins: json(origins) }).execute();
}

export const findToken = (db: Database, hash: string): Promise<TokenRow | undefined> => db.selectFrom('embed_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();

/** In the database, not from what the caller has read: two apps may be made at once. */
export async function addAppToToken(tx: Tx, hash: string, appId: string): Promise<void> {
  await sql`update embed_tokens set apps = apps || to_jsonb(${appId}::text) where hash = ${hash} and apps is not null`.execute(tx);
}

/** Those that were valid until now: one of them by its session, or all that a credential has minted. */
export async function revokeTokens(tx: Tx, workspaceId: string, which: { sessionId: string } | { mintedBy: string }, at: Date): Promise<TokenRow[]> {
  const query = tx.updateTable('embed_tokens').set({ revoked_at: at }).where('workspace_id', '=', workspaceId).where('revoked_at', 'is', null);
  return ('sessionId' in which ? query.where('session_id', '=', which.sessionId) : query.where('minted_by', '=', which.mintedBy)).returningAll().execute();
}

/** Of those that are valid and were minted for pages by name, of which some are struck off and none is left. */
export async function listSessionsFor(tx: Tx, workspaceId: string, { struck, left }: { struck: readonly string[]; left: readonly string[] }, at: Date): Promise<string[]> {
  if (struck.length === 0) return [];
  const rows = await tx.selectFrom('embed_tokens').select(['session_id', 'origins']).where('workspace_id', '=', workspaceId).where('revoked_at', 'is', null).where('expires_at', '>', at).where('origins', 'is not', null).execute();
  return rows.filter((row) => row.origins!.some((origin) => struck.includes(origin)) && !row.origins!.some((origin) => left.includes(origin))).map((row) => row.session_id);
}

export const findSession = (db: Database | Tx, workspaceId: string, sessionId: string): Promise<TokenRow | undefined> =>
  db.selectFrom('embed_tokens').selectAll().where('workspace_id', '=', workspaceId).where('session_id', '=', sessionId).executeTakeFirst();

export async function collectTokens(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('embed_tokens').where('expires_at', '<', before).execute();
}
