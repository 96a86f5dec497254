import { type Deployment, unsettledStatuses } from '@fapi/sdk/contract';
import type { Selectable } from 'kysely';
import { sourcesOf } from '../../domain/deployments/deployment.ts';
import { toJson, toStorable } from '../json.ts';
import type { Database, Tables, Tx } from '../schema.ts';

export type DeploymentRow = Selectable<Tables['deployments']>;

export function toDeployment(row: DeploymentRow, url: string): Deployment {
  return {
    id: row.id, appId: row.app_id, generation: row.generation, revision: row.revision, draftVersion: row.draft_version, envVersion: row.env_version, trigger: row.trigger, status: row.status, stages: row.stages, url,
    createdAt: row.created_at.toISOString(), createdBy: row.created_by,
    ...(row.keeps_environment ? { keepsEnvironment: true } : {}),
    ...(row.comment === null ? {} : { comment: row.comment }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.message === null ? {} : { message: row.message }),
    ...(row.failure === null ? {} : { failure: row.failure }),
    ...(row.findings === null ? {} : { findings: row.findings }),
    ...(row.live_at === null ? {} : { liveAt: row.live_at.toISOString() }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
  };
}

type NewDeployment = Pick<DeploymentRow, 'id' | 'app_id' | 'generation' | 'revision' | 'draft_version' | 'env_version' | 'created_at' | 'created_by' | 'trigger' | 'comment' | 'keeps_environment' | 'code' | 'dependencies' | 'exclusive'>;

/** The row of a deployment that nobody has begun with. */
export const makeDeployment = (row: NewDeployment): DeploymentRow =>
  ({ ...row, status: 'queued', stages: [{ name: 'queued', startedAt: row.created_at.toISOString() }], reason: null, message: null, failure: null, findings: null, live_at: null, ended_at: null, progressed_at: row.created_at });

type Progress = Pick<Deployment, 'status' | 'stages' | 'reason' | 'message' | 'failure' | 'findings' | 'liveAt' | 'endedAt'>;

/** Writes what the transition table allows; nothing else changes a status. Rejects where the row has one from which there is no way. */
export const writeProgress = (tx: Tx, id: string, progress: Progress, at: Date): Promise<DeploymentRow> =>
  tx.updateTable('deployments').set({
    status: progress.status, stages: toJson(progress.stages), reason: progress.reason ?? null, message: progress.message === undefined ? null : toStorable(progress.message),
    failure: progress.failure ? toJson(progress.failure) : null, findings: progress.findings ? toJson(progress.findings) : null,
    live_at: progress.liveAt ? new Date(progress.liveAt) : null, ended_at: progress.endedAt ? new Date(progress.endedAt) : null, progressed_at: at,
  }).where('id', '=', id).where('status', 'in', sourcesOf(progress.status)).returningAll().executeTakeFirstOrThrow(() => new Error(`deployment ${id} cannot become ${progress.status}`));

export const findDeployment = (db: Database | Tx, appId: string, id: string): Promise<DeploymentRow | undefined> => db.selectFrom('deployments').selectAll().where('app_id', '=', appId).where('id', '=', id).executeTakeFirst();
export const findGeneration = (tx: Tx, appId: string, generation: number): Promise<DeploymentRow | undefined> => tx.selectFrom('deployments').selectAll().where('app_id', '=', appId).where('generation', '=', generation).executeTakeFirst();
/** The newest wish for a revision of this app, or the newest that came true. */
export function findLatestOf(db: Database | Tx, appId: string, revision: string, which: 'any' | 'live' = 'any'): Promise<DeploymentRow | undefined> {
  const query = db.selectFrom('deployments').selectAll().where('app_id', '=', appId).where('revision', '=', revision).orderBy('generation', 'desc').limit(1);
  return (which === 'any' ? query : query.where('live_at', 'is not', null)).executeTakeFirst();
}
export const findLatest = (db: Database | Tx, appId: string): Promise<DeploymentRow | undefined> => db.selectFrom('deployments').selectAll().where('app_id', '=', appId).orderBy('generation', 'desc').limit(1).executeTakeFirst();
/** By their ids, in no order. */
export const listDeploymentsById = (db: Database, ids: readonly string[]): Promise<DeploymentRow[]> => (ids.length === 0 ? Promise.resolve([]) : db.selectFrom('deployments').selectAll().where('id', 'in', [...ids]).execute());
/** The newest one of each app, in no order. */
export const listLatest = (db: Database, appIds: readonly string[]): Promise<DeploymentRow[]> =>
  (appIds.length === 0 ? Promise.resolve([]) : db.selectFrom('deployments').distinctOn('app_id').selectAll().where('app_id', 'in', [...appIds]).orderBy('app_id').orderBy('generation', 'desc').execute());
/** The newest that was ever live before this generation, however it ended. */
export const findLiveBefore = (tx: Tx, appId: string, generation: number): Promise<DeploymentRow | undefined> => tx.selectFrom('deployments').selectAll().where('app_id', '=', appId).where('generation', '<', generation).where('live_at', 'is not', null).orderBy('generation', 'desc').limit(1).executeTakeFirst();
/** What a live deployment took the place of: the newest that was live before it until somebody replaced it, if that was of another revision or environment. */
export const findReplacedBy = (tx: Tx, { app_id, generation, revision, env_version }: Pick<DeploymentRow, 'app_id' | 'generation' | 'revision' | 'env_version'>): Promise<DeploymentRow | undefined> =>
  tx.selectFrom('deployments').selectAll().where('app_id', '=', app_id).where('generation', '<', generation).where('live_at', 'is not', null).where('status', '=', 'stopped')
    .where((where) => where.or([where('revision', '!=', revision), where('env_version', '!=', env_version)])).orderBy('generation', 'desc').limit(1).executeTakeFirst();
/** What was live before this generation has been asked for again. */
export const hasRollbackAfter = async (tx: Tx, appId: string, generation: number): Promise<boolean> =>
  (await tx.selectFrom('deployments').select('id').where('app_id', '=', appId).where('generation', '>', generation).where('trigger', '=', 'rollback').limit(1).executeTakeFirst()) !== undefined;
/** Neither live nor ended. */
export const listUnsettled = (tx: Tx, appId: string): Promise<DeploymentRow[]> => tx.selectFrom('deployments').selectAll().where('app_id', '=', appId).where('status', 'in', [...unsettledStatuses]).execute();
/** Those that a new wish meets: the unsettled ones, and the live one where there is one. In no order. */
export const listMet = (tx: Tx, appId: string, liveId: string | null): Promise<DeploymentRow[]> =>
  tx.selectFrom('deployments').selectAll().where('app_id', '=', appId).where((where) => where.or([where('status', 'in', [...unsettledStatuses]), where('id', '=', liveId ?? '')])).execute();
/** Unsettled, in all apps, without a word since then. */
export const listOverdue = (db: Database, before: Date): Promise<{ id: string; app_id: string }[]> => db.selectFrom('deployments').select(['id', 'app_id']).where('status', 'in', [...unsettledStatuses]).where('progressed_at', '<', before).execute();

export function listDeployments(db: Database, appId: string, { limit, below }: { limit: number; below: number | undefined }): Promise<DeploymentRow[]> {
  const query = db.selectFrom('deployments').selectAll().where('app_id', '=', appId).orderBy('generation', 'desc').limit(limit);
  return (below === undefined ? query : query.where('generation', '<', below)).execute();
}
