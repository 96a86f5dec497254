import type { AppSettings, EgressGrant, FailureReport, Health, LimitValues, Suspension } from '@fapi/sdk/contract';
import { type Selectable, sql } from 'kysely';
import { isSeen, type Sight } from '../access/sight.ts';
import { draftsKept } from '../code/drafts.ts';
import { toJson } from '../json.ts';
import type { Parts } from '../../domain/code/revision.ts';
import type { Database, LastCrash, Tables, Tx } from '../schema.ts';

/** How an app is run until somebody says otherwise. */
const defaultSettings: AppSettings = { exclusive: false, idleFreezeS: null, idleStopS: null, rollbackOn5xx: null };

/** How much of the machine an app may have until an operator says otherwise: what every app has. */
export const defaultLimits: LimitValues = { memoryMiB: null, folderMiB: null };

export type AppRow = Selectable<Tables['apps']>;

/** A living app of the workspace. */
export const findApp = (db: Database | Tx, workspaceId: string, appId: string): Promise<AppRow | undefined> =>
  db.selectFrom('apps').selectAll().where('id', '=', appId).where('workspace_id', '=', workspaceId).where('deleted_at', 'is', null).executeTakeFirst();

export const isLivingApp = async (db: Database, appId: string): Promise<boolean> => (await db.selectFrom('apps').select('id').where('id', '=', appId).where('deleted_at', 'is', null).executeTakeFirst()) !== undefined;

/** The row of an app, living or not, locked until the transaction ends: acts on one app stand in a queue. */
export const lockApp = (tx: Tx, appId: string): Promise<AppRow | undefined> => tx.selectFrom('apps').selectAll().where('id', '=', appId).forUpdate().executeTakeFirst();

export interface AppFilter { limit: number; after: { at: Date; id: string } | undefined; /** Not those that live, but those deleted after this. */ deletedAfter?: Date | undefined }

/** Those that can be seen, newest first, after `cursor` = the last row's time and id. */
export function listApps(db: Database, sight: Sight, { limit, after, deletedAfter }: AppFilter): Promise<AppRow[]> {
  let query = db.selectFrom('apps').selectAll().where(isSeen(sight)).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
  query = deletedAfter ? query.where('deleted_at', '>', deletedAfter) : query.where('deleted_at', 'is', null);
  if (after) query = query.where((where) => where.or([where('created_at', '<', after.at), where.and([where('created_at', '=', after.at), where('id', '<', after.id)])]));
  return query.execute();
}

/** Of an app that has nothing left but texts: whatever the setting becomes, its days are over. */
const longAgo = new Date(0);

export async function forgetDays(tx: Tx, appId: string): Promise<void> {
  await tx.updateTable('apps').set({ deleted_at: longAgo }).where('id', '=', appId).execute();
}

/** Deleted at or before this, some at a time. Those that have only texts left come when these are to be looked through, and take nobody's place until then. */
export const listPurgeable = async (db: Database, before: Date, now: Date): Promise<string[]> =>
  (await db.selectFrom('apps').select('id').where('deleted_at', '<=', before).where((where) => where.or([where('deleted_at', '>', longAgo), where('sweep_after', 'is', null), where('sweep_after', '<=', now)])).orderBy('deleted_at').limit(50).execute()).map(({ id }) => id);

export async function insertApp(tx: Tx, app: Pick<AppRow, 'id' | 'workspace_id' | 'title' | 'host' | 'created_at' | 'created_by' | 'draft_digest' | 'draft_code' | 'draft_dependencies'> & { labels: readonly string[]; settings?: AppSettings; env_version?: number }): Promise<AppRow> {
  const { labels, settings = defaultSettings, env_version = 0, ...row } = app;
  return tx.insertInto('apps').values({
    ...row, deleted_at: null, generation: 0, draft_version: 1, draft_saved_at: app.created_at, draft_saved_by: app.created_by,
    live_deployment_id: null, health: 'unknown', crash: null, is_crash_looping: false, trouble: null, last_crash: null, last_log_seq: 0, event_floor: 0,
    env_version, env_live_version: env_version, suspended: null, held_deployment_id: null, settings: toJson(settings), egress: toJson([]), limits: toJson(defaultLimits), sweep_after: null, labels: toJson(labels),
  }).returningAll().executeTakeFirstOrThrow();
}

/** Of the newest draft; its files are in `draft_versions`. */
export interface DraftChange extends Parts { version: number; digest: string; at: Date; by: string }

const hourMs = 3_600_000;

export interface AppChange {
  labels?: readonly string[] | undefined; draft?: DraftChange | undefined; title?: string; env_version?: number; env_live_version?: number; settings?: AppSettings | undefined; egress?: readonly EgressGrant[] | undefined; limits?: LimitValues | undefined;
  generation?: number; live_deployment_id?: string | null; held_deployment_id?: string | null; suspended?: Suspension | null; deleted_at?: Date | null; last_log_seq?: number; event_floor?: number;
}

export const updateApp = (tx: Tx, appId: string, change: AppChange): Promise<AppRow> => tx.updateTable('apps').set(toColumns(change)).where('id', '=', appId).returningAll().executeTakeFirstOrThrow();

/** A change as the columns that it writes. */
export const toColumns = ({ settings, egress, limits, labels, draft, suspended, ...change }: AppChange) => ({
  ...change, ...(suspended === undefined ? {} : { suspended: suspended && toJson(suspended) }), ...(settings ? { settings: toJson(settings) } : {}), ...(egress ? { egress: toJson(egress) } : {}), ...(limits ? { limits: toJson(limits) } : {}), ...(labels ? { labels: toJson(labels) } : {}), ...(draft ? draftColumns(draft) : {}),
});

const draftColumns = ({ version, digest, code, dependencies, at, by }: DraftChange) => ({
  draft_version: version, draft_digest: digest, draft_code: code, draft_dependencies: dependencies, draft_saved_at: at, draft_saved_by: by,
  // From here on a version ends with each one that is made.
  ...(version > draftsKept ? { sweep_after: sql<Date>`coalesce(sweep_after, ${new Date(at.getTime() + hourMs)})` } : {}),
});

/** How the live revision is, by the runner's word; of a crash that it says nothing of, what was written stays. */
export interface HealthFacts { health: Health; crash: FailureReport | undefined; isCrashLooping: boolean; trouble: FailureReport | undefined; lastCrash: LastCrash | undefined }

export const writeHealth = (tx: Tx, appId: string, { health, crash, isCrashLooping, trouble, lastCrash }: HealthFacts): Promise<AppRow> =>
  tx.updateTable('apps').set({ health, crash: crash ? toJson(crash) : null, is_crash_looping: isCrashLooping, trouble: trouble ? toJson(trouble) : null, ...(lastCrash ? { last_crash: toJson(lastCrash) } : {}) }).where('id', '=', appId).returningAll().executeTakeFirstOrThrow();
