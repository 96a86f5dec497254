import { type Selectable, sql } from 'kysely';
import { toJson } from './json.ts';
import type { Database, Tables, Tx } from './schema.ts';

export type TokenRow = Selectable<Tables['embed_tokens']>;
export type WorkspaceRow = Selectable<Tables['workspaces']>;
const idempotencyLock = 7_042;
const json = (value: unknown): string | null => (value === undefined || value === null ? null : toJson(value));

export const findWorkspace = (db: Database | Tx, id: string): Promise<WorkspaceRow | undefined> => db.selectFrom('workspaces').selectAll().where('id', '=', id).executeTakeFirst();
export const listOrigins = async (db: Database): Promise<string[]> => (await db.selectFrom('workspaces').select('origins').execute()).flatMap((row) => row.origins);

export function putWorkspace(db: Database | Tx, workspace: { id: string; title: string; origins: readonly string[] }, at: Date): Promise<WorkspaceRow> {
  const values = { title: workspace.title, origins: toJson(workspace.origins) };
  return db.insertInto('workspaces').values({ id: workspace.id, ...values, created_at: at }).onConflict((conflict) => conflict.column('id').doUpdateSet(values)).returningAll().executeTakeFirstOrThrow();
}

export async function insertToken(db: Database, token: Omit<TokenRow, 'apps' | 'origins'> & { apps: readonly string[] | undefined; origins: readonly string[] | undefined }): Promise<void> {
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

/** Holds a key until the transaction ends: of two calls at once the second waits for the first one's answer. */
export async function lockIdempotent(tx: Tx, principal: string, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(idempotencyLock)}, hashtext(${`${principal}/${key}`}))`.execute(tx);
}

/** The answer that a key had before, if it was used. */
export const findIdempotent = (tx: Tx, principal: string, key: string): Promise<Selectable<Tables['idempotency']> | undefined> => tx.selectFrom('idempotency').selectAll().where('principal', '=', principal).where('key', '=', key).executeTakeFirst();
export async function insertIdempotent(tx: Tx, row: { principal: string; key: string; fingerprint: string; answer: unknown }, at: Date): Promise<void> {
  await tx.insertInto('idempotency').values({ ...row, answer: toJson(row.answer), created_at: at }).execute();
}
export async function collectIdempotent(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('idempotency').where('created_at', '<', before).execute();
}

/** Every write leaves a row: who did what, when. */
export async function audit(tx: Tx | Database, row: { workspaceId: string; subject: string; action: string; appId?: string }, at: Date): Promise<void> {
  await tx.insertInto('audit').values({ at, workspace_id: row.workspaceId, subject: row.subject, action: row.action, app_id: row.appId ?? null }).execute();
}
