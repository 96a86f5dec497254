import type { App, Metrics } from '@fapi/sdk/contract';
import { changesOf, freshnessOf, healthOf, rolloutOf } from '../domain/deployments/facts.ts';
import { toPreviewHost } from '../domain/host.ts';
import type { AppRow } from '../store/apps/apps.ts';
import { type DeploymentRow, findDeployment, findLatest, listDeploymentsById, listLatest, toDeployment } from '../store/wishes/deployments.ts';
import { sumTotals } from '../store/wishes/metrics.ts';
import type { Database, Tx } from '../store/schema.ts';
import type { Context } from './context.ts';

/** An app as people see it. */
export async function presentApp(db: Database | Tx, row: AppRow, appUrl: Context['appUrl']): Promise<App> {
  const live = row.live_deployment_id === null ? undefined : await findDeployment(db, row.id, row.live_deployment_id);
  return presentKnown(row, live, await findLatest(db, row.id), appUrl);
}

/** Many, in their order, with as many statements as one takes. */
export async function presentApps(db: Database, rows: readonly AppRow[], appUrl: Context['appUrl']): Promise<App[]> {
  const live = new Map((await listDeploymentsById(db, rows.flatMap((row) => row.live_deployment_id ?? []))).map((row) => [row.id, row]));
  const latest = new Map((await listLatest(db, rows.map((row) => row.id))).map((row) => [row.app_id, row]));
  return rows.map((row) => presentKnown(row, row.live_deployment_id === null ? undefined : live.get(row.live_deployment_id), latest.get(row.id), appUrl));
}

/** As `presentApp`, with its live deployment and its newest one in hand. Its three facts are computed and never stored. */
export function presentKnown(row: AppRow, liveRow: DeploymentRow | undefined, latestRow: DeploymentRow | undefined, appUrl: Context['appUrl']): App {
  const url = appUrl(row.host);
  const live = liveRow && toDeployment(liveRow, url);
  const latest = latestRow && toDeployment(latestRow, url);
  const changes = changesOf({ code: row.draft_code, dependencies: row.draft_dependencies, envLiveVersion: row.env_live_version, exclusive: row.settings.exclusive }, liveRow && { code: liveRow.code, dependencies: liveRow.dependencies, envVersion: liveRow.env_version, exclusive: liveRow.exclusive });
  return {
    id: row.id, title: row.title, host: row.host, url, previewUrl: appUrl(toPreviewHost(row.host)), createdAt: row.created_at.toISOString(), createdBy: row.created_by, labels: row.labels,
    draftVersion: row.draft_version, draftSavedAt: row.draft_saved_at.toISOString(), draftSavedBy: row.draft_saved_by,
    freshness: freshnessOf(changes, live), changes, rollout: rolloutOf(latest), health: healthOf(row.health, live, row.suspended !== null || row.held_deployment_id !== null),
    settings: row.settings,
    ...(row.suspended ? { suspended: row.suspended } : {}),
    ...(row.deleted_at ? { deletedAt: row.deleted_at.toISOString() } : {}),
    // Also of what is being brought back, when nothing is live meanwhile.
    ...(row.crash ? { crash: row.crash } : {}),
    ...(live && row.last_crash?.generation === live.generation ? { lastCrash: { at: row.last_crash.at, report: row.last_crash.report } } : {}),
    ...(live && row.is_crash_looping ? { isCrashLooping: true } : {}),
    ...(live && row.trouble ? { trouble: row.trouble } : {}),
    ...(live ? { live } : {}), ...(latest ? { latest } : {}),
  };
}

export const presentMetrics = async (db: Database, appId: string): Promise<Metrics> => ({ appId, ...(await sumTotals(db, appId)) });
