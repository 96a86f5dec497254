import type { Role } from '@fapi/sdk/contract';
import { type RawBuilder, sql } from 'kysely';
import { toJson } from '../json.ts';
import type { Database, Tx } from '../schema.ts';

/** Which apps of a workspace somebody may see: those named by id or by labels where it is limited so, and only those with a grant for the subject where it has no other role. */
export interface Sight { workspaceId: string; subject: string; apps?: readonly string[] | undefined; labels?: readonly string[] | undefined; needsGrant: boolean }

/** A condition on rows of `apps`. */
export function isSeen({ workspaceId, subject, apps, labels, needsGrant }: Sight): RawBuilder<boolean> {
  const byId = apps === undefined || apps.length === 0 ? sql`false` : sql`apps.id in (${sql.join([...apps])})`;
  const byLabel = labels === undefined ? sql`false` : sql`apps.labels @> ${toJson(labels)}::jsonb`;
  const isNamed = apps === undefined && labels === undefined ? sql`true` : sql`(${byId} or ${byLabel})`;
  const isGranted = needsGrant ? sql`exists (select 1 from app_grants where app_grants.app_id = apps.id and app_grants.subject = ${subject})` : sql`true`;
  return sql<boolean>`(apps.workspace_id = ${workspaceId} and ${isNamed} and ${isGranted})`;
}

/** The app, deleted or not, with the role that is granted to the subject on it; undefined when it cannot be seen. */
export async function findSeen(db: Database | Tx, sight: Sight, appId: string): Promise<{ granted?: Role } | undefined> {
  const row = await db.selectFrom('apps').leftJoin('app_grants', (join) => join.onRef('app_grants.app_id', '=', 'apps.id').on('app_grants.subject', '=', sight.subject))
    .select(['apps.id', 'app_grants.role']).where('apps.id', '=', appId).where(isSeen(sight)).executeTakeFirst();
  return row && (row.role === null ? {} : { granted: row.role });
}

/** Deleted ones too: what is said of an app at its end is for those who saw it. */
export async function listHeard(db: Database, sight: Sight, among?: readonly string[]): Promise<string[]> {
  const query = db.selectFrom('apps').select('id').where(isSeen(sight));
  return (await (among ? query.where('id', 'in', [...among]) : query).execute()).map((row) => row.id);
}

/** The living apps, of `among` where it is given. */
export async function listSeen(db: Database, sight: Sight, among?: readonly string[]): Promise<string[]> {
  const query = db.selectFrom('apps').select('id').where('deleted_at', 'is', null).where(isSeen(sight));
  return (await (among ? query.where('id', 'in', [...among]) : query).execute()).map((row) => row.id);
}
