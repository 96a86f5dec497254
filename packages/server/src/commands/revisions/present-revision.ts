import type { Revision } from '@fapi/sdk/contract';
import { type Outcome, tellOutcomes } from '../../domain/deployments/history.ts';
import { curatedLock } from '../../domain/code/revision.ts';
import type { AppRow } from '../../store/apps/apps.ts';
import { listDeploymentFacts, type RevisionRow } from '../../store/code/revisions.ts';
import type { Database, Tx } from '../../store/schema.ts';

/** Revisions of one app as people see them, with one look at its deployments for all of them. */
export async function presentRevisions(db: Database | Tx, app: Pick<AppRow, 'id' | 'live_deployment_id'>, rows: readonly RevisionRow[], now: Date): Promise<Revision[]> {
  const outcomeOf = tellOutcomes(await listDeploymentFacts(db, app.id), app.live_deployment_id, now);
  return rows.map((row) => present(row, outcomeOf(row.digest)));
}

const present = ({ digest, app_id, number, comment, created_at, created_by, file_count, bytes, pinned }: RevisionRow, outcome: Outcome): Revision => ({
  digest, appId: app_id, number, createdAt: created_at.toISOString(), createdBy: created_by, files: file_count, bytes, lock: curatedLock, pinned, ...outcome, ...(comment === null ? {} : { comment }),
});
