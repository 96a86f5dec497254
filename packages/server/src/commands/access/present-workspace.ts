import type { Workspace } from '@fapi/sdk/contract';
import { countApps, type WorkspaceRow } from '../../store/access/workspaces.ts';
import type { Database, Tx } from '../../store/schema.ts';

/** Workspaces with what they use. */
export async function presentWorkspaces(db: Database | Tx, rows: readonly WorkspaceRow[]): Promise<Workspace[]> {
  const apps = await countApps(db, rows.map(({ id }) => id));
  return rows.map(({ id, title, origins, oidc, limits, suspended }) => ({ id, title, origins, ...(oidc ? { oidc } : {}), limits, ...(suspended ? { suspended } : {}), usage: { apps: apps.get(id) ?? 0 } }));
}
