import type { Selectable } from 'kysely';
import type { Database, Tables, Tx } from './schema.ts';

export type TokenRow = Selectable<Tables['embed_tokens']>;
export type WorkspaceRow = Selectable<Tables['workspaces']>;
const json = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

export const findWorkspace = (db: Database | Tx, id: string): Promise<WorkspaceRow | undefined> => db.selectFrom('workspaces').selectAll().where('id', '=', id).executeTakeFirst();
export const listOrigins = async (db: Database): Promise<string[]> => (await db.selectFrom('workspaces').select('origins').execute()).flatMap((row) => row.origins);

export function putWorkspace(db: Database, workspace: { id: string; title: string; origins: readonly string[] }, at: Date): Promise<WorkspaceRow> {
  const values = { title: workspace.title, origins: JSON.stringify(workspace.origins) };
  return db.insertInto('workspaces').values({ id: workspace.id, ...values, created_at: at }).onConflict((conflict) => conflict.column('id').doUpdateSet(values)).returningAll().executeTakeFirstOrThrow();
}

export async function insertToken(db: Database, token: Omit<TokenRow, 'apps' | 'origins'> & { apps: readonly string[] | undefined; origins: readonly string[] | undefined }): Promise<void> {
  await db.insertInto('embed_tokens').values({ ...token, scopes: JSON.stringify(token.scopes), apps: json(token.apps), origins: json(token.origins) }).execute();
}
export const findToken = (db: Database, hash: string): Promise<TokenRow | undefined> => db.selectFrom('embed_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
export async function addAppToToken(tx: Tx, hash: string, apps: readonly string[]): Promise<void> {
  await tx.updateTable('embed_tokens').set({ apps: JSON.stringify(apps) }).where('hash', '=', hash).execute();
}
export async function collectTokens(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('embed_tokens').where('expires_at', '<', before).execute();
}

/** The answer that a key had before, if it was used. */
export const findIdempotent = (tx: Tx, principal: string, key: string): Promise<Selectable<Tables['idempotency']> | undefined> => tx.selectFrom('idempotency').selectAll().where('principal', '=', principal).where('key', '=', key).executeTakeFirst();
export async function insertIdempotent(tx: Tx, row: { principal: string; key: string; fingerprint: string; answer: unknown }, at: Date): Promise<void> {
  await tx.insertInto('idempotency').values({ ...row, answer: JSON.stringify(row.answer), created_at: at }).execute();
}
export async function collectIdempotent(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('idempotency').where('created_at', '<', before).execute();
}

/** Every write leaves a row: who did what, when. */
export async function audit(tx: Tx | Database, row: { workspaceId: string; subject: string; action: string; appId?: string }, at: Date): Promise<void> {
  await tx.insertInto('audit').values({ at, workspace_id: row.workspaceId, subject: row.subject, action: row.action, app_id: row.appId ?? null }).execute();
}
