import { type Selectable, sql } from 'kysely';
import { toJson } from '../json.ts';
import type { Database, SealedVariable, Tables, Tx } from '../schema.ts';

export type EnvironmentRow = Selectable<Tables['environments']>;

export const findEnvironment = (db: Database | Tx, appId: string, version: number): Promise<EnvironmentRow | undefined> =>
  db.selectFrom('environments').selectAll().where('app_id', '=', appId).where('version', '=', version).executeTakeFirst();

export const findLivingEnvironment = (db: Database, appId: string, version: number): Promise<EnvironmentRow | undefined> =>
  db.selectFrom('environments').innerJoin('apps', 'apps.id', 'environments.app_id').selectAll('environments').where('app_id', '=', appId).where('version', '=', version).where('deleted_at', 'is', null).executeTakeFirst();

export const insertEnvironment = (tx: Tx, row: Omit<EnvironmentRow, 'variables'> & { variables: readonly SealedVariable[] }): Promise<EnvironmentRow> =>
  tx.insertInto('environments').values({ ...row, variables: toJson(row.variables) }).returningAll().executeTakeFirstOrThrow();

/** In the order of app and version, those behind `after`. */
export async function listSealedWith(db: Database, keyIds: readonly string[], { after, limit }: { after: Pick<EnvironmentRow, 'app_id' | 'version'> | undefined; limit: number }): Promise<EnvironmentRow[]> {
  if (keyIds.length === 0) return [];
  const query = db.selectFrom('environments').selectAll().where('key_id', 'in', [...keyIds]).orderBy('app_id').orderBy('version').limit(limit);
  return (after ? query.where((where) => where.or([where('app_id', '>', after.app_id), where.and([where('app_id', '=', after.app_id), where('version', '>', after.version)])])) : query).execute();
}

/** How many versions are sealed with each key. */
export async function countSealed(db: Database): Promise<Map<string, number>> {
  const rows = await db.selectFrom('environments').select((select) => ['key_id', select.fn.countAll<number>().as('count')]).groupBy('key_id').execute();
  return new Map(rows.map(({ key_id, count }) => [key_id, Number(count)]));
}

/** Only if it is still sealed as it was read. */
export async function resealEnvironment(db: Database, { app_id, version, key_id }: EnvironmentRow, { keyId, variables }: { keyId: string; variables: readonly SealedVariable[] }): Promise<void> {
  await db.updateTable('environments').set({ key_id: keyId, variables: toJson(variables) }).where('app_id', '=', app_id).where('version', '=', version).where('key_id', '=', key_id).execute();
}

/** Deletes old versions that no wish needs: neither the two newest nor those of what is unsettled, live, may be restored, or was last asked for with a revision that is kept. */
export async function collectEnvironments(db: Database, before: Date): Promise<void> {
  await sql`delete from environments e using apps a where a.id = e.app_id and e.version < a.env_version - 1 and e.saved_at < ${before}
    and not exists (select 1 from deployments d where d.app_id = e.app_id and d.env_version = e.version and d.ended_at is null)
    and e.version not in (select d.env_version from deployments d where d.app_id = e.app_id and d.live_at is not null order by d.generation desc limit 20)
    and not exists (select 1 from revisions r cross join lateral (
      (select d.env_version from deployments d where d.app_id = r.app_id and d.revision = r.digest order by d.generation desc limit 1)
      union all (select d.env_version from deployments d where d.app_id = r.app_id and d.revision = r.digest and d.live_at is not null order by d.generation desc limit 1)) last
      where r.app_id = e.app_id and last.env_version = e.version)`.execute(db);
}
