import type { Selectable } from 'kysely';
import type { Database, Tables, Tx } from '../schema.ts';

export type ApiKeyRow = Selectable<Tables['api_keys']>;

export const findApiKey = (db: Database, hash: string): Promise<ApiKeyRow | undefined> => db.selectFrom('api_keys').selectAll().where('hash', '=', hash).executeTakeFirst();

/** Locked against deletion until the transaction ends; undefined when it is gone. */
export const holdApiKey = (tx: Tx, id: string): Promise<{ id: string } | undefined> => tx.selectFrom('api_keys').select('id').where('id', '=', id).forShare().executeTakeFirst();

export const insertApiKey = (tx: Tx, row: ApiKeyRow): Promise<ApiKeyRow> => tx.insertInto('api_keys').values(row).returningAll().executeTakeFirstOrThrow();

export const countApiKeys = async (tx: Tx, workspaceId: string): Promise<number> =>
  Number((await tx.selectFrom('api_keys').select((select) => select.fn.countAll().as('count')).where('workspace_id', '=', workspaceId).executeTakeFirstOrThrow()).count);

/** Newest first, after the last row's time and id. */
export function listApiKeys(db: Database, workspaceId: string, { after, limit }: { after: { at: Date; id: string } | undefined; limit: number }): Promise<ApiKeyRow[]> {
  let query = db.selectFrom('api_keys').selectAll().where('workspace_id', '=', workspaceId).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
  if (after) query = query.where((where) => where.or([where('created_at', '<', after.at), where.and([where('created_at', '=', after.at), where('id', '<', after.id)])]));
  return query.execute();
}

/** The row that was there; undefined when there was none. */
export const deleteApiKey = (tx: Tx, workspaceId: string, id: string): Promise<ApiKeyRow | undefined> => tx.deleteFrom('api_keys').where('workspace_id', '=', workspaceId).where('id', '=', id).returningAll().executeTakeFirst();
