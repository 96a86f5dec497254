import { presentApps as present } from '../../packages/server/src/commands/present-app.ts';
import { listApps } from '../../packages/server/src/store/apps/apps.ts';
import type { Database } from '../../packages/server/src/store/schema.ts';

/** What the list route reads, without the route. */
export async function presentApps(db: Database, limit: number): Promise<void> {
  const rows = await listApps(db, { workspaceId: 'default', subject: 'bench', needsGrant: false }, { limit: limit + 1, after: undefined });
  await present(db, rows.slice(0, limit), (host) => host);
}
