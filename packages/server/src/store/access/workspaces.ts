import type { Suspension, WorkspaceLimits, WorkspaceOidc } from '@fapi/sdk/contract';
import { type Selectable, sql } from 'kysely';
import { toJson } from '../json.ts';
import type { Database, Tables, Tx } from '../schema.ts';

export type WorkspaceRow = Selectable<Tables['workspaces']>;

export const findWorkspace = (db: Database | Tx, id: string): Promise<WorkspaceRow | undefined> => db.selectFrom('workspaces').selectAll().where('id', '=', id).executeTakeFirst();

/** Locked until the transaction ends: who counts what is in a workspace stands in a queue. */
export const lockWorkspace = (tx: Tx, id: string): Promise<WorkspaceRow | undefined> => tx.selectFrom('workspaces').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

/** Kept as it is until the transaction ends: who suspends the workspace waits for it. */
export const readSuspension = async (tx: Tx, id: string): Promise<Suspension | undefined> => (await tx.selectFrom('workspaces').select('suspended').where('id', '=', id).forShare().executeTakeFirst())?.suspended ?? undefined;

/** Kept as it is until the transaction ends. */
export const holdOidc = async (tx: Tx, id: string): Promise<WorkspaceOidc | undefined> => (await tx.selectFrom('workspaces').select('oidc').where('id', '=', id).forShare().executeTakeFirst())?.oidc ?? undefined;

export const writeSuspension = (tx: Tx, id: string, suspension: Suspension | null): Promise<WorkspaceRow | undefined> =>
  tx.updateTable('workspaces').set({ suspended: suspension && toJson(suspension) }).where('id', '=', id).returningAll().executeTakeFirst();

/** In the order of their ids, after one. */
export const listWorkspaces = (db: Database, { after, limit }: { after: string | undefined; limit: number }): Promise<WorkspaceRow[]> => {
  const query = db.selectFrom('workspaces').selectAll().orderBy('id').limit(limit);
  return (after === undefined ? query : query.where('id', '>', after)).execute();
};

/** Is it a page of any workspace? */
export const isListedOrigin = async (db: Database, origin: string): Promise<boolean> =>
  (await db.selectFrom('workspaces').select('id').where(sql<boolean>`origins @> ${toJson([origin])}::jsonb`).limit(1).executeTakeFirst()) !== undefined;

/** Those whose users the issuer signs in. */
export const listByIssuer = (db: Database, issuer: string): Promise<WorkspaceRow[]> => db.selectFrom('workspaces').selectAll().where(sql<boolean>`oidc->>'issuer' = ${issuer}`).orderBy('id').limit(1_000).execute();

export interface NewWorkspace { id: string; title: string; origins: readonly string[]; oidc?: WorkspaceOidc | undefined; limits: WorkspaceLimits }

export function putWorkspace(db: Database | Tx, { id, title, origins, oidc, limits }: NewWorkspace, at: Date): Promise<WorkspaceRow> {
  const values = { title, origins: toJson(origins), oidc: oidc === undefined ? null : toJson(oidc), limits: toJson(limits) };
  return db.insertInto('workspaces').values({ id, ...values, created_at: at }).onConflict((conflict) => conflict.column('id').doUpdateSet(values)).returningAll().executeTakeFirstOrThrow();
}

/** How many living apps each of them has. */
export async function countApps(db: Database | Tx, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('apps').select((select) => ['workspace_id', select.fn.countAll<number>().as('count')]).where('workspace_id', 'in', [...ids]).where('deleted_at', 'is', null).groupBy('workspace_id').execute();
  return new Map(rows.map((row) => [row.workspace_id, Number(row.count)]));
}
