import { type Selectable, sql } from 'kysely';
import { toJson } from './json.ts';
import type { Database, Tables, Tx } from './schema.ts';

export type TokenRow = Selectable<Tables['embed_tokens']>;
export type WorkspaceRow = Selectable<Tables['workspaces']>;
const json = (value: unknown): string | null => (value === undefined || value === null ? null : toJson(value));

export const findWorkspace = (db: Database | Tx, id: string): Promise<WorkspaceRow | undefined> => db.selectFrom('workspaces').selectAll().where('id', '=', id).executeTakeFirst();
export const listOrigins = async (db: Database): Promise<string[]> => (await db.selectFrom('workspaces').select('origins').execute()).flatMap((row) => row.origins);

export function putWorkspace(db: Database | Tx, workspace: { id: string; title: string; origins: readonly string[] }, at: Date): Promise<WorkspaceRow> {
  const values = { title: workspace.title, origins: toJson(workspace.origins) };
  return db.insertInto('workspaces').values({ id: workspace.id, ...values, created_at: at }).onConflict((conflict) => conflict.column('id').doUpdateSet(values)).returningAll().executeTakeFirstOrThrow();
}

export async function insertToken(db: Database | Tx, token: Omit<TokenRow, 'apps' | 'origins'> & { apps: readonly string[] | undefined; origins: readonly string[] | undefined }): Promise<void> {
  await db.insertInto('embed_tokens').values({ ...token, scopes: toJson(token.scopes), apps: json(token.apps), origins: json(token.origins) }).execute();
}
export const findToken = (db: Database, hash: string): Promise<TokenRow | undefined> => db.selectFrom('embed_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
/** In the database, not from what the caller has read: two apps may be made at once. */
export async function addAppToToken(tx: Tx, hash: string, appId: string): Promise<void> {
  await sql`update embed_tokens set apps = apps || to_jsonb(${appId}::text) where hash = ${hash} and apps is not null`.execute(tx);
}
export async function collectTokens(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('embed_tokens').where('expires_at', '<', before).execute();
}

/** Every write leaves a row: who did what, when. */
export async function audit(tx: Tx | Database, row: { workspaceId: string; subject: string; action: string; appId?: string | undefined }, at: Date): Promise<void> {
  await tx.insertInto('audit').values({ at, workspace_id: row.workspaceId, subject: row.subject, action: row.action, app_id: row.appId ?? null }).execute();
}
