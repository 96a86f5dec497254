import { unsettledStatuses } from '@fapi/sdk/contract';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../schema.ts';

const inWorkspace = (workspaceId: string | undefined): RawBuilder<boolean> => (workspaceId === undefined ? sql<boolean>`true` : sql<boolean>`a.workspace_id = ${workspaceId}`);

/** Living apps of suspended workspaces that serve or are about to. */
export async function listToHold(db: Database, workspaceId: string | undefined): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select a.id from workspaces w join apps a on a.workspace_id = w.id where w.suspended is not null and a.deleted_at is null and a.suspended is null and ${inWorkspace(workspaceId)}
    and (a.live_deployment_id is not null or exists (select 1 from deployments d where d.app_id = a.id and d.status in (${sql.join([...unsettledStatuses])}))) order by a.id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Living apps that nothing stops any more, with what was live in them. */
export async function listToRelease(db: Database, workspaceId: string | undefined): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select a.id from apps a join workspaces w on w.id = a.workspace_id where a.held_deployment_id is not null and a.deleted_at is null and a.suspended is null and w.suspended is null and ${inWorkspace(workspaceId)} order by a.id`.execute(db);
  return rows.map(({ id }) => id);
}
