import type { Grant } from '@fapi/sdk/contract';
import type { Database, Tx } from '../schema.ts';

/** In the order of the subjects. */
export const listGrants = (db: Database | Tx, appId: string): Promise<Grant[]> => db.selectFrom('app_grants').select(['subject', 'role']).where('app_id', '=', appId).orderBy('subject').execute();

export async function replaceGrants(tx: Tx, appId: string, grants: readonly Grant[], by: string, at: Date): Promise<void> {
  await tx.deleteFrom('app_grants').where('app_id', '=', appId).execute();
  if (grants.length > 0) await tx.insertInto('app_grants').values(grants.map(({ subject, role }) => ({ app_id: appId, subject, role, granted_at: at, granted_by: by }))).execute();
}

/** Of one subject, on the living apps of a workspace. */
export const listGrantsOf = (db: Database | Tx, workspaceId: string, subject: string): Promise<(Grant & { appId: string })[]> =>
  db.selectFrom('app_grants').innerJoin('apps', 'apps.id', 'app_grants.app_id').select(['app_grants.app_id as appId', 'app_grants.subject', 'app_grants.role']).where('app_grants.subject', '=', subject).where('apps.workspace_id', '=', workspaceId).where('apps.deleted_at', 'is', null).execute();
