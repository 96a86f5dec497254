import { isDeepStrictEqual } from 'node:util';
import type { RunnerStatus } from '@fapi/runner-controller/work';
import type { FailureReport } from '@fapi/sdk/contract';
import { applyStatus, endDeployment, endOfReplaced } from '../../domain/deployments/deployment.ts';
import { type AppRow, lockApp, updateApp, writeHealth } from '../../store/apps/apps.ts';
import { type DeploymentRow, findDeployment, findGeneration, findLiveBefore, toDeployment, writeProgress } from '../../store/wishes/deployments.ts';
import { appendEvents, type NewEvent } from '../../store/history/events.ts';
import { toJson } from '../../store/json.ts';
import type { Tx } from '../../store/schema.ts';
import { bringBack } from '../holds/bring-back.ts';
import type { Context } from '../context.ts';
import { markSpec } from '../deployments/mark-spec.ts';
import { presentApp } from '../present-app.ts';

/** Takes a runner's word into the rows, through the one transition table. Safe to hear twice, late or out of order. */
export async function recordStatus(context: Context, status: RunnerStatus): Promise<void> {
  const at = context.now();
  const hasNews = await context.db.transaction().execute(async (tx) => {
    const app = await lockApp(tx, status.appId);
    if (!app || app.deleted_at !== null || status.generation < app.generation) return false;
    const url = context.appUrl(app.host);
    const events: NewEvent[] = [];
    const announce = (row: DeploymentRow): void => void events.push({ workspaceId: app.workspace_id, appId: app.id, type: 'deployment', payload: toDeployment(row, url) });

    let current = await endLeft(tx, app, status, url, at, announce);
    const row = await findGeneration(tx, app.id, status.generation);
    const progress = row && applyStatus(toDeployment(row, url), status, at.toISOString());
    if (row && progress) {
      announce(await writeProgress(tx, row.id, progress, at));
      if (progress.status === 'live' && row.status !== 'live') current = await replaceLive(tx, context, current, row, at, announce);
      if (progress.status === 'live') await markSpec(tx, app.id, row.generation, { settled: true }, at);
      if (progress.status === 'failed' || progress.status === 'cancelled') await markSpec(tx, app.id, row.generation, { cancelled: true }, at);
    }
    const isHealthNews = differs(current, status);
    if (isHealthNews) current = await writeHealth(tx, app.id, { health: status.health, crash: status.crash, isCrashLooping: status.isCrashLooping ?? false, trouble: status.trouble, lastCrash: status.lastCrash && status.serving && { generation: status.serving.generation, ...status.lastCrash } });
    // The runner went back by itself, or a cancel or a deadline lost the race against the switch: what serves is not what the rows say, so the wish is written again.
    if (row?.status === 'live' && progress?.status === 'failed') current = await bringBack(tx, context, current, await findReplaced(tx, app.id, row.generation, status.serving?.generation), `deployment ${row.generation} was rolled back: ${progress.message ?? 'it did not last'}`, at, events);
    if ((row?.status === 'cancelled' || row?.status === 'failed') && status.phase === 'live') current = await bringBack(tx, context, current, current.live_deployment_id, `deployment ${row.generation} went live although it is ${row.status}`, at, events);
    if (row && events.every(({ type }) => type !== 'app')) current = await correct(tx, context, current, row, status, at, events);
    if (!progress && !isHealthNews && events.length === 0) return false;
    events.push({ workspaceId: app.workspace_id, appId: app.id, type: 'app', payload: await presentApp(tx, current, context.appUrl) });
    await appendEvents(tx, events, at);
    return true;
  });
  if (!hasNews) return;
  context.wakeRelay();
  context.wakeStreams();
}

function differs(app: AppRow, { health, crash, isCrashLooping = false, trouble, lastCrash, serving }: RunnerStatus): boolean {
  const isNewCrash = lastCrash !== undefined && serving !== undefined && (lastCrash.at !== app.last_crash?.at || serving.generation !== app.last_crash.generation);
  return isNewCrash || app.health !== health || app.is_crash_looping !== isCrashLooping || !isStored(crash, app.crash) || !isStored(trouble, app.trouble);
}

/** Text loses what Postgres cannot keep, and jsonb keeps its keys in an order of its own. */
function isStored(said: FailureReport | undefined, stored: FailureReport | null): boolean {
  return said === undefined ? stored === null : isDeepStrictEqual(JSON.parse(toJson(said)), stored);
}

/** The runner left what is live while a newer deployment was under way: its word about that was of a generation that nobody listens to any more, and is repeated by those of the newer one. */
async function endLeft(tx: Tx, app: AppRow, { generation, serving, rolledBack }: RunnerStatus, url: string, at: Date, announce: (row: DeploymentRow) => void): Promise<AppRow> {
  if (!rolledBack || app.live_deployment_id === null || generation <= rolledBack.from || serving?.generation === rolledBack.from) return app;
  const left = await findDeployment(tx, app.id, app.live_deployment_id);
  const ended = left?.generation === rolledBack.from && endDeployment(toDeployment(left, url), 'failed', at.toISOString(), { reason: 'rolled_back', message: rolledBack.report.message });
  if (!left || !ended) return app;
  announce(await writeProgress(tx, left.id, { ...ended, failure: rolledBack.report }, at));
  return updateApp(tx, app.id, { live_deployment_id: null });
}

async function replaceLive(tx: Tx, context: Context, app: AppRow, row: DeploymentRow, at: Date, announce: (row: DeploymentRow) => void): Promise<AppRow> {
  const former = app.live_deployment_id === null ? undefined : await findDeployment(tx, app.id, app.live_deployment_id);
  const url = context.appUrl(app.host);
  const { end, ...because } = former ? endOfReplaced(toDeployment(former, url), toDeployment(row, url)) : { end: 'stopped' as const };
  const ended = former && endDeployment(toDeployment(former, url), end, at.toISOString(), because);
  if (former && ended) announce(await writeProgress(tx, former.id, ended, at));
  return updateApp(tx, app.id, { live_deployment_id: row.id });
}

/**
 * A deployment that had been superseded when its switch was heard of serves all the same when the one after it comes to nothing: then what is live by the rows is asked for again.
 * Where that has failed as well, or the runner has left it, what serves is asked for: it runs already, and the rows say so again.
 */
async function correct(tx: Tx, context: Context, app: AppRow, row: DeploymentRow, { phase, serving }: RunnerStatus, at: Date, events: NewEvent[]): Promise<AppRow> {
  if ((phase !== 'failed' && phase !== 'cancelled') || !serving) return app;
  const live = app.live_deployment_id === null ? undefined : await findDeployment(tx, app.id, app.live_deployment_id);
  if (live?.generation === serving.generation) return app;
  const isSecond = row.trigger === 'rollback';
  if (isSecond && row.revision === serving.revision) return app;
  const before = live ? undefined : await findLiveBefore(tx, app.id, row.generation);
  const left = before?.reason === 'rolled_back' ? before : undefined;
  const wanted = isSecond || left ? await findGeneration(tx, app.id, serving.generation) : live;
  if ((isSecond || left) && !wanted) return app;
  const why = left ? `deployment ${left.generation} was rolled back: ${left.message ?? 'it did not last'}` : `deployment ${serving.generation} went live although another had taken its place`;
  return bringBack(tx, context, app, wanted?.id ?? null, why, at, events);
}

/** The deployment that the runner went back to by its own word, or else the newest one that was live before. */
async function findReplaced(tx: Tx, appId: string, generation: number, serving: number | undefined): Promise<string | null> {
  const row = (serving === undefined ? undefined : await findGeneration(tx, appId, serving)) ?? (await findLiveBefore(tx, appId, generation));
  return row?.id ?? null;
}
